# Accounts: the list, one account, and its forms.

accounts-headline =
    { $count ->
        [one] { $count } account
       *[other] { $count } accounts
    }
accounts-search = Search
accounts-search-hint = Name or customer number
accounts-narrow = Narrow down
accounts-count-of = { $from } to { $to } of { $total }
accounts-page-before = Previous page
accounts-page-after = Next page
accounts-none = There are no accounts yet. Bring them in from a file, or open one here.
accounts-none-found = No account fits.

accounts-account = Account
accounts-warning = Gravest open warning
accounts-warnings =
    { $count ->
        [one] { $count } open warning
       *[other] { $count } open warnings
    }
accounts-no-warning = none
accounts-tier = Tier
accounts-region = Region
accounts-line = Product line
accounts-manager = Account manager
accounts-deputy = Deputy
accounts-deputy-is = Deputy: { $name }
accounts-nobody = nobody
accounts-inactive = inactive
accounts-contacts = Contacts
accounts-with-consent = { $count } with consent
accounts-kind = Kind
accounts-group = Belongs to
accounts-since = since { $day }

accounts-kind-customer = Customer
accounts-kind-dealer = Dealer
accounts-kind-supplier = Supplier
accounts-kind-bank = Bank
accounts-kind-partner = Partner
accounts-kind-own = Our own company

accounts-new = Open an account
accounts-edit = Change
accounts-cancel = Cancel
accounts-case = Case
accounts-case-state = State
accounts-opened = Opened
accounts-number = Customer number
accounts-number-hint = As your other systems know it; it never changes
accounts-number-stays = Stays as it was given
accounts-tier-hint = A new tier takes effect today; earlier responses stay in the tier they were given in
accounts-active = Active
accounts-active-hint = Inactive accounts are not asked, and the nightly look passes them by

# The course of satisfaction.
accounts-course-fell = Satisfaction has fallen from about { $then } to about { $now } since { $since }
accounts-course-stands = Satisfaction is at about { $now } (95{ "\u00A0" }%: { $interval })
accounts-course-sub = Level of 100 as known on each day, drawn toward its tier. Shaded: 80 and 95{ "\u00A0" }% interval; each ring a response
accounts-course-foot = The level is judged from all responses so far, of people who are lenient and people who are strict. Without responses its interval widens.
accounts-course-label = Satisfaction level of { $name }
accounts-course-none = No response tells how satisfied it is
accounts-course-none-hint = The course begins with the first response.
accounts-level-word = level
accounts-level-head = Level (95{ "\u00A0" }% interval)
accounts-tier-usual = { $tier } tier { $mean }
accounts-turn-words = warning: yellow, orange, red
accounts-turn = { $level } since { $day }
accounts-ring = { $day }: { $who } gave { $score }
accounts-day = Day
accounts-figures = Figures as a table
accounts-warning-open = Open the warning

# Orders and their rhythm.
accounts-orders-overdue = No order since { $last }; one was expected by { $next }
accounts-orders-on-time = Last order { $last }; the next is expected by about { $next }
accounts-orders-soon = Last order { $last }; one was expected by about { $next }, which is still within its usual spread
accounts-orders-pause = Last order { $last }; it has paused at this time of year before, so until { $until } nothing is overdue
accounts-orders-no-rhythm = Too few orders to tell a rhythm
accounts-orders-none = No orders are known
accounts-orders-none-hint = Orders come in from a file or a feed.
accounts-orders-sub =
    { $size ->
        [million] Orders in million { $currency }.
        [thousand] Orders in thousand { $currency }.
       *[other] Orders in { $currency }.
    }
accounts-gap = { " " }
accounts-rhythm = Usual gap { $usual }, 95{ "\u00A0" }% of gaps within { $limit }, judged by { $gaps } gaps
accounts-orders-label = Orders of { $name }
accounts-amount =
    { $size ->
        [million] Million { $currency }
        [thousand] Thousand { $currency }
       *[other] { $currency }
    }
accounts-order =
    { $late ->
        [0] { $day }: { $amount }
        [one] { $day }: { $amount }, delivered { $late } day late
       *[other] { $day }: { $amount }, delivered { $late } days late
    }
accounts-expected = next expected { $day }
accounts-overdue-word = overdue

# What happened.
accounts-events = What happened
accounts-events-none = Nothing yet.
accounts-and-then = { " · " }
accounts-event-response = { $who }: { $scores }
accounts-event-case-opened = Case opened
accounts-event-case-closed = Case closed
accounts-event-order = Last order, { $amount }
accounts-event-tier = Moved to the tier “{ $tier }”

accounts-warnings-title =
    { $count ->
        [0] No open warning
        [one] { $count } open warning
       *[other] { $count } open warnings
    }
accounts-warnings-none = There never was one.
accounts-cases-none = There is no case.
accounts-tier-history = Tiers through time
accounts-from = From

# Responses and people.
accounts-responses-title = What it said, last on { $day }
accounts-responses-none = It has not answered yet
accounts-responses-sub = The latest first, with recommendation (0 to 10) and satisfaction (0 to 100)
accounts-recommends = recommends { $score }
accounts-satisfaction = satisfaction { $score }
accounts-earlier = Earlier responses
accounts-no-score = no score
accounts-response-excluded = not counted
accounts-response-erased = erased
accounts-a-contact = A contact
accounts-person = { $name }, { $role }

accounts-contacts-title =
    { $count ->
        [0] No contact is known
        [one] { $answered } of { $count } contact has answered in the last 12 months
       *[other] { $answered } of { $count } contacts have answered in the last 12 months
    }
accounts-contacts-none = Add the people who buy, use and decide.
accounts-contact-add = Add a contact
accounts-contact-change = Change { $name }
accounts-contact-left = left
accounts-contact-works = Still works there
accounts-role = What they do there
accounts-role-hint = Purchasing, quality, plant engineering
accounts-phone = Telephone
accounts-salutation = How to address them
accounts-salutation-hint = In letters, if it is not simply the name
accounts-consent = May be asked
accounts-consent-yes = yes
accounts-consent-no = no
accounts-consent-may = May be asked by mail
accounts-consent-hint = Without consent no survey is ever sent
accounts-answered = Last answered
accounts-never = not yet
