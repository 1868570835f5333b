# How a person who reads this language meets numbers, money, time and lists.

# The locale whose habits dates and numbers follow (day before month, 24 hours).
format-locale = en-GB
# Short dates name months by three letters, day first: Britain writes "Sept" by now, the Emirates "Sep".
format-locale-short = en-AE

# A share: 48 %, with a space that does not break.
percent = { $number }{ "\u00A0" }%
percent-interval = { $low } to { $high }{ "\u00A0" }%
# A probability is never rounded to certainty.
percent-above = over { $number }{ "\u00A0" }%
percent-below = under { $number }{ "\u00A0" }%

# "to", not a dash: the ends may be negative.
interval = { $low } to { $high }

currency-unit = { " " }{ $currency }
money = { $amount }{ currency-unit }
money-large = { $amount } million{ currency-unit }
money-huge = { $amount } billion{ currency-unit }

days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
responses =
    { $count ->
        [one] { $count } response
       *[other] { $count } responses
    }

level-red = red
level-orange = orange
level-yellow = yellow
