# Promises to customers who are not content.

nav-follow-ups = Follow-ups
follow-ups-title = Follow-ups
follow-ups-headline =
    { $count ->
        [0] Nothing is owed to customers who were not content.
        [one] One promise to a customer is open; { $overdue } of them overdue.
       *[other] { $count } promises to customers are open; { $overdue } of them overdue.
    }
follow-ups-all = All
follow-ups-mine = Mine
follow-ups-open = Owed
follow-ups-sub = The page of thanks has told these customers who gets in touch, and by when.
follow-ups-closed = Closed last
follow-ups-none = Nothing is owed.
follow-ups-whom = Customer
follow-ups-how = How
follow-ups-who = Who gets in touch
follow-ups-by = By when
follow-ups-state = State
follow-ups-somebody = Somebody who has left
follow-ups-state-open = owed
follow-ups-state-done = kept
follow-ups-state-declined = not wished
follow-ups-state-withdrawn = no longer owed
follow-ups-due =
    { $late ->
        [true] overdue since { $date }
       *[false] by { $date }
    }
follow-ups-wish-any = as you like
follow-ups-wish-telephone = wishes a call
follow-ups-wish-mail = wishes a mail
follow-ups-wish-meeting = wishes a meeting
follow-ups-one = Follow-up at { $account }
follow-ups-said = What the customer told us
follow-ups-came-of-it = What came of it
follow-ups-is-told = the customer reads this on their own page
follow-ups-is-not-told = for ourselves
follow-ups-close = I have been in touch
follow-ups-note = What came of it
follow-ups-tell = Tell the customer
follow-ups-tell-hint = They read these words on their own page.
follow-ups-close-do = Close
follow-ups-hand-on = Hand on
follow-ups-hand-on-do = Hand on
follow-ups-digest = Promised to customers
follow-ups-digest-line = { $contact }: { $due }
follow-ups-reply = Write to the customer
follow-ups-reply-words = Your words
follow-ups-reply-hint = They read these words on their own page.
follow-ups-reply-do = Put on their page
follow-ups-reply-by = { $name }, { $date }
follow-ups-willing =
    { $willing ->
        [true] would speak for us
       *[false] would rather not speak for us
    }
follow-ups-digest-subject =
    { $count ->
        [one] A promise to a customer is due
       *[other] { $count } promises to customers are due
    }
follow-ups-digest-headline =
    { $count ->
        [one] { $name }, a promise to a customer is due.
       *[other] { $name }, { $count } promises to customers are due.
    }
