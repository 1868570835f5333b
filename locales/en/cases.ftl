# Cases: keeping accounts, and winning them back.

case = Case
case-state = State
case-purpose = Purpose
case-owner = Owner
case-tier = Tier
case-cause = Cause
case-outcome = Outcome
case-probability = Probability of return
case-value = Second lifetime value
case-cost = Cost
case-net = Expected net value
case-next = Next step
case-why-not = Why not
case-nobody = nobody yet

case-tab-open = Open
case-tab-deferred = Deferred
case-tab-closed = Closed
case-summary-open =
    { $count ->
        [0] No open case
        [one] { $count } open case worth { $net } after cost
       *[other] { $count } open cases worth { $net } after cost
    }{ $below ->
        [0] { "" }
       *[other] , { $below } below the gate
    }
case-summary-deferred =
    { $count ->
        [one] { $count } deferred case
       *[other] { $count } deferred cases
    }
case-summary-closed =
    { $count ->
        [one] { $count } closed case
       *[other] { $count } closed cases
    }
case-queue-title = What can be won back, and what comes next
case-queue-sub = Ordered by expected net value = probability of return × second lifetime value − cost. Under it, the value at either end of the probability’s 90 % interval
case-queue-foot = Probability: a setting for each cause, updated by every case of that cause that was won or lost.
case-range = { $low } to { $high }
case-late =
    { $days ->
        [one] { $days } day late
       *[other] { $days } days late
    }
case-no-step = No step is planned
case-until = Deferred until
case-gate-row = Gate: an expected net value of at least
case-gate-below =
    { $count ->
        [0] No case is below it.
        [one] One case below it is kept here with the reason, and is asked again when a figure changes.
       *[other] { $count } cases below it are kept here with the reason, and are asked again when a figure changes.
    }
case-waiting = Passes by now; another case is open at this account
case-empty = No cases here
case-empty-why = A case opens when an orange or red decline passes the gate, or when somebody opens one from an account’s page.

case-purpose-retention = retention
case-purpose-win_back = win-back
case-state-open = open
case-state-refused = below the gate
case-state-deferred = deferred
case-state-closed = closed

case-cause-unknown = not found out yet
case-cause-price = price
case-cause-product = product
case-cause-delivery = delivery
case-cause-service = service
case-cause-competitor = competitor
case-cause-given_up = given up by us
case-cause-involuntary = left without anybody’s doing

case-outcome-won_back = won back
case-outcome-kept = kept
case-outcome-lost = lost
case-outcome-deferred = deferred
case-outcome-not_pursued = not pursued

case-refusal-below_gate = The expected net value does not reach the gate
case-refusal-needs_reason = Given up or left without anybody’s doing: to pursue it, a reason is needed

case-step-listen = Listen, and find the real need
case-step-prepare_plan = Have a plan ready
case-step-visit = Visit
case-step-offer_choice = Offer choice and time
case-step-keep_promise = Keep what was promised
case-step-find_reason = Find out why it was lost
case-step-rebuild_trust = Plan how to rebuild trust
case-step-stay_in_touch = Stay in touch
case-step-evaluate = Weigh whether to go on
case-step-offer_for_return = Make the offer for the return
case-step-other = Step

case-channel-visit = visit
case-channel-telephone = telephone
case-channel-mail = e-mail
case-channel-meeting = online meeting
case-channel-letter = letter

case-source-orders =
    { $count ->
        [0] no orders from { $first } to { $last }
        [one] { $count } order, { $first } to { $last }
       *[other] { $count } orders, { $first } to { $last }
    }
case-source-setting = setting { $name }
case-source-closed =
    { $closed ->
        [0] setting for the cause “{ $cause }”; no case of it has closed yet
        [one] setting for the cause “{ $cause }” and { $closed } closed case, { $won } won
       *[other] setting for the cause “{ $cause }” and { $closed } closed cases, { $won } won
    }
case-source-computed = computed
case-source-entered = { $by }: { $reason }

case-worth-it = Is it worth it?
case-worth-sub = Every figure with its source; what is printed adds up
case-turnover = Turnover of twelve months while all was well
case-margin-share = share that is margin
case-yearly-margin = margin of a year
case-years-worth =
    { $years ->
        [one] what { $years } year is worth today
       *[other] what { $years } years are worth today
    }
case-retention = kept from year to year
case-discount = discounted by
case-rounded = rounded to
case-value-hint = From the day it returns; what was earned already is left out.
case-interval-90 = 90 % interval
case-gain = expected return
case-gate-at = Gate at
case-gate-passed = passed
case-gate-refused = not reached
case-own-figures = Use figures of your own
case-own-hint = Leave empty what should be computed. Each figure is shown with your name and reason.
case-low = Its low end
case-high = Its high end
case-reason = Reason
case-ask-gate = Ask the gate
case-ask-again = Ask again with today’s figures

case-plan = Plan
case-done-of = { $done } of { $of } done
case-done-by = Done by { $who },
case-step-finish = Done
case-step-move = Move
case-step-add = Add a step
case-step-title = What is to be done
case-due = Due
case-contacts = Contacts made
case-no-contact = Nobody has spoken with the account for this case yet
case-contact-add = Record a contact
case-contact-note = What was said
case-channel = How
case-offer = Offer
case-cause-note = What speaks for it
case-cause-foot = Probability and cost are those of the cause; a new one asks the gate again.
case-end = Confirm
case-until-hint = Only for a deferred case
case-outcome-foot = A won or lost case changes the probability of the next one with its cause.
case-reopen = Take up again
case-hand-to = Hand over to
case-hand-over = Hand over
case-happened = What happened
case-opened-by-warning = Opened by a warning on
case-opened-by-hand = Opened by hand on
case-proposed = It looks { $outcome }.
case-proposed-confirm = Confirm it under “Outcome”, or wait.
case-ground-orders =
    { $count ->
        [one] { $count } order since the case opened, the last on { $last }.
       *[other] Orders on { $count } days since the case opened, the last on { $last }.
    }
case-ground-response = The response of { $day } gave { $score }, at the level of { $old } before the decline.
case-ground-nothing = No order in the { $days } since { $since }.

case-new = New case
case-new-foot = The gate is asked at once. A case that does not reach it is kept with its arithmetic, and asked again when a figure changes.
case-one-already = This account has a case under way.
case-reason-hint = Needed for accounts that we gave up or that left without anybody’s doing
case-bound-until = Bound to a rival until
case-bound-hint = If known. The plan then rebuilds trust and makes its offer three months before

case-event-opened = Opened: expected net value { $to }, gate { $from }
case-event-refused = Not entered: expected net value { $to }, gate { $from }
case-event-admitted = Passes the gate: expected net value { $to }, gate { $from }
case-event-asked = Asked again: expected net value from { $from } to { $to }
case-event-cause = Cause from “{ $from }” to “{ $to }”
case-event-numbers = Own figures: expected net value from { $from } to { $to }
case-event-step_added = Step added: { $from }, due { $to }
case-event-step_done = Step done: { $from }, was due { $to }
case-event-step_moved = Step moved from { $from } to { $to }: { $title }
case-event-touch = Contact made: { $to }
case-event-owner = Handed over from { $from } to { $to }
case-event-ended =
    { $from ->
        [yes] Closed: { $to }, as proposed
       *[no] Closed: { $to }
    }
case-event-deferred = Deferred until { $to }
case-event-reopened = Taken up again
