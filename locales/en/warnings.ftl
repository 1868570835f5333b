# Warnings: what they are about, how they are dealt with, and their pages.

warning-cause-low_score = Low score
warning-cause-decline = Satisfaction declines
warning-cause-silence = Silent
warning-cause-competitor_named = Competitor named
warning-cause-order_late = Deliveries late
warning-cause-purchase_decline = Buys less
warning-cause-order_overdue = Order overdue
warning-cause-rhythm_unstable = Irregular orders
warning-cause-logistics = Transport and delivery
warning-cause-product_quality = Product quality
warning-cause-complaint = Complaint
warning-cause-request_unanswered = Request unanswered
warning-cause-payment_late = Payments late
warning-cause-probable_churn = Probably gone
warning-cause-contact_lost = Contact lost

warning-level-red = Red
warning-level-orange = Orange
warning-level-yellow = Yellow
warning-of-level = { $level } warning

warning-state-open = Open
warning-state-acknowledged = Acknowledged
warning-state-cause_found = Cause found
warning-state-remedy_under_way = Remedy under way
warning-state-done = Done
warning-state-verified = Verified
warning-state-reopened = Reopened
warning-state-lapsed = Lapsed

warning-trend-worse = rising
warning-trend-same = steady
warning-trend-better = easing

warning-rung-deputy = the deputy
warning-rung-quality_manager = the quality managers

# What was found. Chances are probabilities in percent.
warning-says-decline = The chance that the level fell by { $by } points or more since { $since } is { $chance }; { $level } from { $threshold }. It was about { $then } then and is about { $now } now (95{ "\u00A0" }%: { $interval }).
warning-says-low-recommend = On { $day } { $contacts ->
        [one] a contact recommends us with { $score } of 10; { $low } or less is low here.
       *[other] a contact recommends us with { $score } of 10; { $low } or less is low here. { $contacts } contacts last answered as low.
    }
warning-says-low-satisfaction = On { $day } { $contacts ->
        [one] a contact answers with a satisfaction of { $score } of 100; { $low } or less is low here.
       *[other] a contact answers with a satisfaction of { $score } of 100; { $low } or less is low here. { $contacts } contacts last answered as low.
    }
warning-says-silence = { $rounds } rounds of asking in a row, since { $since }, are unanswered by { $contacts ->
        [one] the one contact asked
       *[other] all { $contacts } contacts asked
    }; before, { $answered } of { $before } were answered, the last on { $last }. If nothing has changed, the chance of such a silence is { $chance }.
warning-says-order-late = { $late } of { $n } orders promised since { $first } came late ({ $share }), by { $mean } days on average; the latest by { $worst }.{ $undelivered ->
        [0] { "" }
        [one] { " " }One of them has not come yet.
       *[other] { " " }{ $undelivered } of them have not come yet.
    }
warning-says-order-overdue = No order since { $last }; one was expected by { $expected }. It has been { $since } where { $usual } are usual, { $overdue } beyond the time within which 95{ "\u00A0" }% of its orders come. The chance of so long a gap is { $chance }, judged by { $gaps } gaps.
warning-false-alarms = The rule raises at most about 1 false { $level } per { $accounts } accounts a year.

warning-due-acknowledge = acknowledge by { $day }
warning-due-remedy = remedy due { $day }

# The board
warning-title = Warnings
warning-headline = { $count ->
        [0] No warning is open
        [one] One warning is open
       *[other] { $count } warnings are open
    }
warning-waiting = { $count ->
        [0] all taken on
        [one] 1 not acknowledged
       *[other] { $count } not acknowledged
    }
warning-none = Nothing here. Warnings are raised by the nightly look at scores, courses, silence and orders.
warning-field-account = Account
warning-field-cause = Risk
warning-field-finding = What was found
warning-field-state = State
warning-field-owner = With
warning-field-due = Due
warning-field-level = Level
warning-field-tier = Tier
warning-field-manager = Account manager
warning-since = since { $day }, { $trend }
warning-closed-on = closed { $day }
warning-nobody = nobody
warning-filter = Narrow down
warning-filter-open = Open
warning-filter-closed = Closed
warning-any = Any
warning-chosen = Choose
warning-count-of = { $from } to { $to } of { $total }

# One warning
warning-why = Why it is { $level }
warning-what-found = What was found
warning-level-then = Level on { $day }
warning-level-then-note = earlier responses and the tier before them
warning-level-now = Level now
warning-level-now-note = 95{ "\u00A0" }%: { $interval }
warning-gave = { $day }: gave { $score }, weight { $weight }
warning-earlier = { $count ->
        [one] One earlier response
       *[other] { $count } earlier responses
    }
warning-earlier-note = taken together
warning-earlier-open = { $count ->
        [one] The earlier response
       *[other] The { $count } earlier responses
    }
warning-somebody = Anonymous
warning-details = Contributions
warning-points = Points
warning-progress = How far it is
warning-real-cause = Cause
warning-remedy = Remedy
warning-owing = Owed by
warning-owing-hint = One department or person a line
warning-due-on = In time until
warning-next = What comes next
warning-step-acknowledged = Take it on
warning-step-cause_found = Cause found
warning-step-remedy_under_way = Start the remedy
warning-step-done = Remedy is done
warning-step-verified = Checked: it worked
warning-step-reopened = Reopen
warning-back-cause_found = Back: another cause was found
warning-note-acknowledged = A word, if you like
warning-note-cause_found = What is behind it?
warning-note-remedy_under_way = What is done about it?
warning-note-done = A word, if you like
warning-note-verified = How do you know?
warning-tell = What the customer reads of it, if you like
warning-tell-hint = Their contacts who had answered by then find these words on their own pages. Left empty, nothing is told.
warning-note-reopened = Why is it not over?
warning-assign = Give it to somebody
warning-assign-do = Hand over
warning-owner = With
warning-history = What happened
warning-service = the service itself
warning-event-raised = Raised, { $to }
warning-event-rose = Rose from { $from } to { $to }
warning-event-fell = Fell from { $from } to { $to }
warning-event-lapsed = Lapsed: the evidence went away
warning-event-escalated = Passed on to { $to }: { $why }
warning-event-stepped = { $to }
warning-event-told = Told to the customer
warning-event-assigned = Given to { $to }
warning-neglect-not_acknowledged = not acknowledged in time
warning-neglect-not_done = not done in time

# The digest
warning-digest-open = Open the warning
warning-digest-was = { $news ->
        [new] New.
        [worse] Worse than before.
        [better] Better than before.
       *[over] Closed since.
    }
warning-digest-more = And { $count ->
        [one] one more
       *[other] { $count } more
    }: { $causes }.
warning-digest-preheader = { $red ->
        [0] No red warning
        [one] One red warning
       *[other] { $red } red warnings
    }, { $orange } orange, { $yellow } yellow.
warning-digest-date = { $weekday }, { $date }

# Between the parts of a list
warning-list-separator = { ", " }
