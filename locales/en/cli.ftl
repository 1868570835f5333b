# What the command line says. A line each; no markup.

cli-migrated = Applied: { $name }
cli-migrated-nothing = The database is up to date.
cli-serving = Serving at { $address }. Stop it with Ctrl-C.
cli-serving-metrics = Metrics at { $address }
cli-stopping = Stopping: requests that came in are still answered. Press Ctrl-C again to stop at once.
cli-stopped = Stopped.
cli-user-added = { $name } <{ $email }> may sign in.
cli-password-set = New password for { $name } <{ $email }>; all their sessions have ended.
cli-password-made = Password: { $password }

doctor-settings = Settings: read, and they go together
doctor-house = Texts, templates and the key that signs links are in order
doctor-base-url-local = Links in mails will lead to { $value }, which only this machine can reach; set base_url
doctor-database = Database: { $engine } answers
doctor-database-beside = A process serves this database at the moment
doctor-schema = Schema: is that of this program
doctor-schema-older = Schema: is not that of this program; run “bellwether migrate”
doctor-users = People who may sign in: { $count }
doctor-users-none = Nobody may sign in yet; run “bellwether user add”
doctor-accounts = Accounts: { $count }
doctor-mail-mailbox = Mail: stays in the built-in mailbox; nothing leaves this machine
doctor-mail-folder = Mail: is written to { $folder }
doctor-mail-smtp = Mail: { $host } answers and lets us in
doctor-metrics = Metrics: served at { $address }
doctor-metrics-off = Metrics: not served (metrics.listen is not set)
doctor-end-well = Everything that is needed is there.
doctor-end-faults = Not everything that is needed is there; see the lines marked with ✗.

demo-seeding = Inventing two years of Corvane Bearings and its customers …
demo-seeded = { $accounts } accounts, { $contacts } contacts, { $orders } orders, { $invitations } invitations, { $responses } responses; { $warnings } open warnings. Took { $seconds } s.
demo-kept = The data of the last time are still there (--reset invents them anew).
demo-open = Open { $address } in your browser.
demo-sign-in = Sign in as one of these. Everybody's password is { $password }
demo-mailbox = No mail leaves this machine: what is sent is in the mailbox, { $address }
check-survey-warning = Warning: { $text }
check-survey-gaps =
    { $count ->
        [one] One text is not translated into { $language }.
       *[other] { $count } texts are not translated into { $language }.
    }
check-survey-unspoken = Warning: the program has no texts in { $language }; mails about the survey, and what pages say besides it, are in another language.
check-survey-spoken-partly =
    { $count ->
        [one] Warning: the program lacks one of its own texts in { $language }; it says it in English.
       *[other] Warning: the program lacks { $count } of its own texts in { $language }; it says them in English.
    }
doctor-language-partly =
    { $count ->
        [one] Texts: one is missing in { $language } and said in English
       *[other] Texts: { $count } are missing in { $language } and said in English
    }
doctor-language-survey = Texts: none in { $language }, in which { $surveys } can be answered; mails and buttons are in another language
doctor-language-contacts =
    { $count ->
        [one] Texts: none in { $language }, which one contact reads; mails to this contact are in another language
       *[other] Texts: none in { $language }, which { $count } contacts read; mails to them are in another language
    }
check-survey-versions = { $survey }: from version { $from } to version { $to }
check-survey-changed = - { $question }: { $changes }
check-survey-broken = Series that break: { $measures }.
check-survey-unbroken = No series breaks.
