# The overview, and what the report shares with it.

measure-response = Responses
measure-asked = Response rate
measure-recommend = NPS
measure-recommend-score = Recommendation
measure-satisfied = Satisfied (CSAT)
measure-effort = Effort
measure-satisfaction-index = Satisfaction index
measure-loyalty-index = Loyalty index

list-comma = ,{ " " }
list-and = { $first } and { $last }
sentence-gap = { " " }

overview-as-of = { $instant }. { $responses } to { $delivered } mails delivered in the period
overview-period = { $first } to { $last }
overview-slice-period = Period
overview-compared = { $period }, against { $before }.
overview-slice-region = Region
overview-slice-line = Product line
overview-slice-kind-all = All of customers
overview-slice-kind = Survey
overview-slice-manager = Manager
overview-apply = Show
overview-months =
    { $months ->
        [one] { $months } month
       *[other] { $months } months
    }
overview-span-quarter = Business quarter to date: { $period }
overview-span-quarter-before = Business quarter before: { $period }
overview-span-year = Business year to date: { $period }
overview-span-year-before = Business year before: { $period }
overview-accounts =
    { $count ->
        [one] { $count } account
       *[other] { $count } accounts
    }
overview-nps-of =
    NPS, { $count ->
        [one] { $count } response
       *[other] { $count } responses
    }, effective { $effective }
overview-nothing-before = nothing to compare with
overview-interval = 95 %: { $interval }

overview-lede-recommend-less = { $tiers } customers recommend us less than in the period before, beyond chance.
overview-lede-recommend-more = { $tiers } customers recommend us more than before.
overview-lede-satisfied-less = Satisfaction of { $tiers } customers has fallen.
overview-lede-satisfied-more = Satisfaction of { $tiers } customers has risen.
overview-lede-none = No tier shows a change beyond chance against the period before.
overview-lede-one-none = { $tier } customers show no change beyond chance against the period before.

overview-title-less = { $tiers } customers recommend us less than in the period before
overview-title-more = { $tiers } customers recommend us more than in the period before
overview-title-none = Recommendation shows no change beyond chance in any tier
overview-title-one-none = Recommendation by { $tier } customers shows no change beyond chance

overview-trend-sub = NPS, each point the { $months } months up to it. Shaded: 95 % interval of the tier in focus. Rings: fewer than { $least } responses, too few for a line
overview-trend-label = NPS by tier, 24 months to { $month }; the figures follow as a table
overview-trend-point =
    { $months ->
        [one] Month
       *[other] { $months } months to
    }
overview-wave-word = wave
overview-focus = Tier in focus
overview-table = Figures as a table
overview-multiple-label = NPS, { $tier }, 24 months

overview-aspects-fell = { $aspect } has fallen furthest
overview-aspects-none = No service aspect has fallen beyond chance
overview-aspects-sub = Mean of 0 to 100, with 95 % interval; all tiers, against the period before
overview-aspects-more = The other aspects
overview-aspects-foot = The aspect that fell furthest stands first. A score alone is no cause.

overview-figures = All figures of the period
overview-tier = Tier
overview-measure = Measure
overview-figure = Figure
overview-column-interval = 95 % interval
overview-n = n
overview-n-eff = Effective n
overview-method = Method
overview-p = p
overview-change = Change
overview-method-foot = NPS: adjusted Wald. Shares: Wilson. Indices: t. All on the effective number of responses, since contacts of one account are alike. Changes of this page are adjusted together (Benjamini-Hochberg).

overview-warnings =
    { $count ->
        [0] No open warnings
        [one] { $count } open warning
       *[other] { $count } open warnings
    }
overview-warnings-all = All warnings
overview-cases =
    { $count ->
        [0] Win-back: no open case
        [one] Win-back: { $count } case worth { $net } after cost
       *[other] Win-back: { $count } cases worth { $net } after cost
    }
overview-cases-all = Open queue
overview-cases-sub = Expected net value: probability × second lifetime value − cost, in units of { $unit }
overview-arithmetic = Arithmetic
overview-net = Net value
overview-case = Case
overview-comments = What customers wrote
overview-comments-sub = Newest first. Names are shown to those who may see them
overview-comment-who = { $name }, { $account }
overview-comment-score = recommends { $score }
overview-account = Account
overview-risk = Risk
overview-state = State
overview-empty = No responses in this period.
overview-empty-hint = Import customers, start a wave, and the figures grow here as answers come in.
overview-report = Monthly report

overview-came = Of { $responses } responses, { $ways }; all others came by the page.
overview-came-way = { $count } came { $way }
overview-slice-audience = Whose answers
overview-slice-audience-all = Customers
overview-break = wording changed, v{ $version }
overview-break-many = questions changed
overview-few = fewer than { $count } answers
overview-few-title = In this period there are { $few }, or they wait to be counted in a group.
overview-doubts =
    { $excluded ->
        [0] No response is excluded
        [one] { $excluded } response is excluded
       *[other] { $excluded } responses are excluded
    }, { $counted ->
        [0] no doubtful one is counted.
        [one] { $counted } doubtful one is counted.
       *[other] { $counted } doubtful ones are counted.
    }
