# Waves: the list, the preview, and how a wave goes.

waves-new = New wave
waves-empty = No wave has been drawn up yet.
waves-new-lede = Choose what is asked and of whom. The next page shows who would be asked, who not, and why.
waves-look = See who would be asked
waves-nothing-sent = Nothing is sent yet.

waves-column-wave = Wave
waves-column-state = State
waves-column-starts = Starts
waves-column-closes = Last day
waves-column-asked = Asked
waves-column-delivered = Delivered
waves-column-answered = Answered
waves-column-rate = Response rate
waves-column-rule = Rule
waves-column-contacts = Contacts
waves-column-contact = Contact
waves-column-account = Account
waves-column-tier = Tier
waves-column-role = Role
waves-column-verdict = Left out because
waves-column-then = Then
waves-column-mails = Mails
waves-column-tries = Tries
waves-column-since = Since
waves-column-reply = What the server said

waves-field-name = Name of the wave
waves-field-survey = Survey
waves-field-tiers = Tiers (none chosen: all)
waves-field-regions = Regions (none chosen: all)
waves-field-lines = Product lines (none chosen: all)
waves-field-closes = Last day for answers

waves-state-draft = Draft
waves-state-scheduled = Scheduled
waves-state-running = Running
waves-state-paused = Paused
waves-state-cancelled = Cancelled
waves-state-finished = Finished

waves-dry-run = Dry run, nothing sent
waves-draft-lede = Of { $considered ->
        [one] one contact
       *[other] { $considered } contacts
    } at { $accounts ->
        [one] one account
       *[other] { $accounts } accounts
    }, { $asked } would be asked and { $left } left out.
waves-asks = This survey asks contacts of accounts of these kinds alone: { $kinds }.
waves-draft-waits = It starts on
waves-unschedule = Take back to draft
waves-discard = Discard
waves-rules = Who is asked, and which rule leaves out the rest
waves-rules-first = A contact is counted at the first rule that applies
waves-chart = Chart
waves-roster = On the roster
waves-asked = Asked
waves-by-tier = By tier:
waves-mail-sample = The mail, filled in for one of those asked
waves-mail-from = From
waves-mail-subject = Subject
waves-mail-none = Nobody would get this mail.
waves-left-out = Left out, by name
waves-left-out-all = All { $count } as a file
waves-left-out-first = The first { $count }

waves-own = Your contacts whom this wave will ask
waves-holds-rule = Who is held back is not asked, and counts as somebody who was asked and did not answer. All managers together may hold back { $share } of those a wave looks at, or one.
waves-hold = Hold back
waves-release = Release
waves-held = Held back
waves-held-sub = Not asked, and counted as non-response
waves-held-by = By manager:
waves-column-held-by = Held back by
waves-column-reason = Reason

waves-rule-inactive-account = No longer active
waves-rule-already-invited = Already asked in this wave, at the same address
waves-rule-no-consent = No consent
waves-rule-suppressed = Asked us to stop
waves-rule-no-address = No address
waves-rule-invalid-address = Address not valid
waves-rule-address-bounced = Address bounced
waves-rule-asked-recently-relationship = Relationship survey within { $days } days
waves-rule-asked-recently-transactional = Survey after an event within { $days } days
waves-rule-asked-recently-any = Any survey within { $days } days
waves-rule-account-asked-enough = Account asked enough
waves-rule-held-back = Held back by the manager

waves-then-asked = last asked { $last }, again from { $until }
waves-then-enough = at most { $most } persons an account and wave
waves-then-mend = mend the address
waves-then-held = counted as non-response
waves-then-out = stays out

waves-ready = Ready to send
waves-before = Before it can be sent
waves-check-somebody = Somebody is asked
waves-check-nobody = Nobody is left to ask
waves-check-mail = The mail can be filled in for those who are asked
waves-check-mail-faulty = The mail cannot be filled in: its template has a fault
waves-check-languages = Survey and mail speak all of its languages
waves-check-languages-missing = The mail does not speak every language of the survey
waves-unspoken = { $count ->
        [one] One contact reads { $language }; the mail’s own words go out in { $words }
       *[other] { $count } contacts read { $language }; the mail’s own words go out in { $words }
    }
waves-check-managers = Every account has somebody who looks after it
waves-check-no-manager = { $count ->
        [one] One account has no manager
       *[other] { $count } accounts have no manager
    }
waves-check-no-manager-note = What they answer would reach nobody by name; the mail is signed by the company.
waves-check-late = Nothing is sent after the last day
waves-check-late-note = A mail that is { $hours } hours overdue is not sent any more, even after a restore.
waves-transport-mailbox = Mails go into the built-in mailbox; nothing leaves the house.
waves-transport-folder = Mails are written as files.
waves-transport-smtp = Mails are sent by the mail server.

waves-when = When
waves-when-now = Now
waves-when-later = Later, in your time zone ({ $zone })
waves-when-at = Day and time, if later
waves-start = { $count ->
        [one] Ask one contact
       *[other] Ask { $count } contacts
    }

waves-pause = Pause
waves-resume = Go on
waves-cancel = Cancel for good
waves-end = End it before its time
waves-cancel-hint = Mails that have not left never will. Who has one may answer until
waves-close = Close the survey
waves-close-hint = Nobody can answer by the links of this wave any more, or change an answer. Mails that have not left never will. What was answered stays.
waves-started-lede = { $asked ->
        [one] One mail is
       *[other] { $asked } mails are
    } part of this wave, { $answered ->
        [0] nobody has answered yet
        [one] one person has answered
       *[other] { $answered } have answered
    }, and { $left } were left out.
waves-planning = The list is still being drawn up.
waves-rests = The mail server is in trouble. Sending rests until
waves-mails = Where the mails are
waves-mails-none = No mail has been planned yet.
waves-summary = At a glance
waves-doubted = { $count ->
        [one] Of one mail it was not known
       *[other] Of { $count } mails it was not known
    } whether the server had taken it.
waves-doubted-given-up = By the settings such a mail is never sent twice.
waves-doubted-asked-again = By the settings such a mail is sent again.
waves-was-doubted = It was in doubt whether it had been taken
waves-troubled = Mails that failed or were in doubt

waves-mail-scheduled = Planned
waves-mail-claimed = About to be sent
waves-mail-sending = Being sent
waves-mail-sent = Sent
waves-mail-failed = Failed
waves-mail-unknown = Unknown: taken or not
waves-mail-cancelled = Called off
waves-mail-too-late = Too late to send

waves-failure-hard = The address does not exist
waves-failure-soft = The mailbox does not take mail now
waves-failure-policy = The server does not take our mail
waves-failure-unclear = Refused without a reason
waves-failure-connection = The server could not be reached
waves-failure-unsendable = It cannot be carried
waves-failure-given-up = Given up: it may have arrived

waves-cli-preview = { $considered } contacts at { $accounts } accounts: { $asked } would be asked, { $left } left out
waves-cli-rule = { $rule }: { $count }
waves-cli-tier = asked, { $tier }: { $count }
waves-cli-language = asked, { $language }: { $count }
waves-cli-started = Wave { $id } “{ $name }” is { $state }: { $asked } will be asked.
waves-cli-line = { $id }  { $state }  “{ $name }”: { $asked } asked, { $delivered } delivered, { $answered } answered
