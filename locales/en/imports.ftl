# What an import says. A line each; no markup.

imports-done =
    { $rows ->
        [one] { $rows } row read
       *[other] { $rows } rows read
    }: { $added } added, { $changed } changed, { $unchanged } unchanged.
imports-would =
    Nothing was saved. { $rows ->
        [one] { $rows } row read
       *[other] { $rows } rows read
    }: { $added } would be added, { $changed } changed, { $unchanged } stay as they are.
imports-accounts =
    { $count ->
        [one] { $count } account that was missing goes with them, in the lowest tier.
       *[other] { $count } accounts that were missing go with them, in the lowest tier.
    }
imports-no-consent =
    { $count ->
        [one] { $count } new contact has not agreed and will not be asked; the column “consent” says who has.
       *[other] { $count } new contacts have not agreed and will not be asked; the column “consent” says who has.
    }
imports-more-faults =
    { $count ->
        [one] … and { $count } more mistake.
       *[other] … and { $count } more mistakes.
    }
imports-title = Bring in a file
imports-lede = A file comes in whole or not at all, and the same file again changes nothing. Every mistake is told by row and column.
imports-open = Bring in a file
imports-kind = What it holds
imports-kind-responses = Responses, gathered by an agency, by telephone or on paper
imports-kind-subjects = Sites, teams and employees
imports-kind-accounts = Accounts
imports-kind-contacts = Contacts
imports-kind-orders = Orders
imports-survey = Survey
imports-of-responses = For responses only
imports-agency = Agency
imports-channel = How they were gathered
imports-create = Make accounts of customer numbers that nobody has, in the lowest tier
imports-file = CSV file
imports-csv = Text of the CSV file
imports-csv-hint = Its first row names the columns. At most { $limit } KiB here; larger files come in by the command “bellwether import”.
imports-try = Try it, save nothing
imports-save = Bring it in
imports-faulty =
    { $count ->
        [one] Nothing was saved: the file has { $count } mistake.
       *[other] Nothing was saved: the file has { $count } mistakes.
    }
