# How sure a figure is, in words.

figure-interval = { $value } ({ $level }: { $low } to { $high })
figure-with-responses = { $figure }, { responses }
figure-with-effective = { $figure }, { responses }, effective { $effective }

finding-lower-beyond = { $by } lower than { $than }, beyond chance
finding-higher-beyond = { $by } higher than { $than }, beyond chance
finding-lower-perhaps = perhaps { $by } lower, may be chance
finding-higher-perhaps = perhaps { $by } higher, may be chance
finding-none = no change beyond chance
finding-not-comparable = not comparable: the question was changed
finding-too-few = too few responses to tell

driver-caution = separates satisfied from dissatisfied; seen together, not proof of cause

warning-chance = the chance that it fell by { $by } or more is { $chance }; { $level } from { $threshold }
false-alarms-red =
    about { $count ->
        [one] { $count } false red
       *[other] { $count } false reds
    } per { $accounts } accounts a year

# Stands in a chart where there is no figure.
chart-nothing = no responses
