# The monthly report, and where it is chosen.

report-about = A report takes in six months to the end of the one you choose, against the six before. It is one page without links: to read, to print, to pass on.
report-month = Month
report-all-tiers = All tiers
report-open = Open the report
report-download = Download
report-kept = Kept reports
report-kept-sub = Made when the month was over; they stay as they were
report-kept-none = None yet. They are made on the first of each month, and you can open any month above.
report-made-on = Made
report-written = Written to { $file }

report-title = Customer report, { $month }
report-kind = { $organisation } · customer report, monthly
report-period =
    { $months ->
        [6] Six months
       *[other] { $months } months
    } to { $day }, against as many before
report-answered = { $responses } to { $delivered } mails delivered
report-running = The month is not over: figures may still move
report-indices = Indices by tier
report-satisfaction = Satisfaction
report-loyalty = Loyalty
report-change = Change in NPS
report-effective = effective { $count }
report-satisfaction-change = Satisfaction: { $change }
report-multiples-sub = NPS, each point the three months up to it, with 95 % interval
report-aspects-sub = Mean of 0 to 100, with 95 % interval
report-aspect = Aspect
report-scored = Scored
report-open-quote = “
report-close-quote = ”
report-said = { $tier }, { $day }
report-actions = What is being done
report-levels-before = :{ " " }
report-levels-gap = ,{ " " }
report-level = { $count } { $level }
report-step = { $step }, { $account }.
report-stop = .
report-done = Done
report-late = Late
report-no-actions = No step of a case is due in these weeks.
report-method = Intervals: 95 %, variance clustered by account; NPS adjusted Wald on effective n, shares Wilson, indices t. “Beyond chance”: below 5 % after Benjamini-Hochberg over the { $tested } changes tested. Weighted by person. Warnings and steps are as of the day the report was made.
report-made = Made { $instant }

report-step-listen = Listen and find the real need
report-step-prepare-plan = Have the plan ready
report-step-visit = Visit
report-step-offer-choice = Offer a choice
report-step-keep-promise = Check that what was promised is kept
report-step-find-reason = Find out why they left
report-step-rebuild-trust = Rebuild trust
report-step-stay-in-touch = Stay in touch
report-step-evaluate = Weigh and refine
report-step-offer-for-return = Make the offer for the return
report-step-other = Other step
