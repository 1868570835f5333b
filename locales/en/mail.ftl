# Mails: the invitation to a survey and the account manager's digest.

# Invitation
mail-invitation-subject = How is it to work with us? { $minutes ->
        [one] One minute
       *[other] { $minutes } minutes
    }
mail-invitation-preheader = One tap here, then a few short questions if you like.
mail-invitation-greeting = Dear { $name },
mail-invitation-scale-end = { $number }: { $words }
mail-invitation-open = Open the survey
mail-invitation-change = Your number opens a page where you can still change it.
mail-invitation-no-numbers = No numbers to tap?
mail-invitation-length = It takes { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    } and is open until { $until }.
mail-invitation-thanks = Thank you,
mail-invitation-manager = Your account manager
mail-invitation-manager-phone = Your account manager, { $phone }
mail-invitation-reason = You get this as a contact at { $account }, { $times ->
        [one] at most once a year
        [2] at most twice a year
       *[other] at most { $times } times a year
    }.
mail-invitation-reason-role = You get this as the contact for { $role } at { $account }, { $times ->
        [one] at most once a year
        [2] at most twice a year
       *[other] at most { $times } times a year
    }.
mail-invitation-numbers = Follow the link of your number. You can still change it on the page.
mail-unsubscribe = Stop these e-mails
mail-privacy = Privacy

# Between two sentences, and after one that ends with a link
mail-gap = { " " }
mail-stop = .

# Text parts: a label before a link
mail-link = { $label }: { $url }

# Digest
mail-digest-product = Bellwether
mail-digest-subject = { $count ->
        [one] One account needs you this week
       *[other] { $count } accounts need you this week
    }
mail-digest-headline = { $count ->
        [one] { $name }, one account needs you this week
       *[other] { $name }, { $count } accounts need you this week
    }
mail-digest-summary = Of your { $accounts ->
        [one] one account
       *[other] { $accounts } accounts
    }, { $warned ->
        [0] none has a new or higher warning
        [one] 1 has a new or higher warning
       *[other] { $warned } have a new or higher warning
    } and { $due ->
        [0] none
       *[other] { $due }
    } a step due.
mail-digest-responses = { $count ->
        [0] No responses came in.
        [one] 1 response came in.
       *[other] { $count } responses came in.
    }
mail-digest-tiers = Your tiers, { $period }
mail-digest-tier = Tier
mail-digest-nps = NPS
mail-digest-interval = 95{ "\u00A0" }% interval
mail-digest-answers = Responses
mail-digest-tier-line = { $tier }: { $nps } (95{ "\u00A0" }%: { $interval }), responses: { $responses }
mail-digest-tier-hidden = { $tier }: { $hidden } ({ $responses })
mail-digest-when = The next one comes on { $weekday }, { $date }, at { $time }, your time, if something needs you.
mail-digest-stop = Stop this summary
mail-level-red = Red
mail-level-orange = Orange
mail-level-yellow = Yellow
