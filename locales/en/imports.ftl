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
