# Surveys: what has been published, and what it asks.

surveys-lede = A published version never changes, since answers hang on what was asked. A change is a new version.
surveys-empty = No survey has been published yet.
surveys-column-survey = Survey
surveys-column-kind = Kind
surveys-column-questions = Questions
surveys-column-languages = Languages
surveys-column-published = Published
surveys-column-question = Question
surveys-column-answer = Answer
surveys-column-measure = Measures
surveys-column-minutes = To answer
surveys-column-asks = Asks
surveys-column-source = Source and licence
surveys-origin-source = Source
surveys-column-licence = Licence
surveys-column-purpose = When to send it
surveys-minutes = { $minutes ->
        [one] 1 minute
       *[other] { $minutes } minutes
    }
surveys-asks = Asks:
surveys-asks-customer = customers
surveys-asks-dealer = dealers
surveys-asks-supplier = suppliers
surveys-asks-bank = banks
surveys-asks-partner = partners
surveys-asks-own = employees
surveys-not-sent = nobody by mail
surveys-preview = How it looks
surveys-preview-kept = Nothing that is filled in here is kept. In a window of its own:
surveys-origin = Use and origin
surveys-complete = complete
surveys-incomplete = no mail in one of them
surveys-answer-required = { $kind }, required

surveys-kind-relationship = Relationship
surveys-kind-transactional = After an event
surveys-kind-thematic = One subject
surveys-kind-third-party = By an agency
surveys-kind-assisted = By telephone or on paper
surveys-kind-mystery-visit = Mystery visit
surveys-kind-spot-check = Spot check
surveys-kind-internal = Employees
surveys-kind-partner = Partners

surveys-about-relationship = The fixed, comprehensive questionnaire, once or twice a year.
surveys-about-transactional = After a delivery, a visit, a complaint closed, an order won or lost.
surveys-about-thematic = One subject, once or now and then.
surveys-about-third-party = Fielded by an agency; its responses are imported and marked as such.
surveys-about-assisted = By telephone or on paper; entered for the contact.
surveys-about-mystery-visit = By our own people, unannounced; sent to nobody.
surveys-about-spot-check = By our own people at a site; sent to nobody.
surveys-about-internal = For employees: contacts of accounts of the kind “our own company”. Not among the figures on customers unless asked for.
surveys-about-partner = For suppliers and dealers. Not among the figures on customers unless asked for.

surveys-question-recommend = 0 to 10
surveys-question-rating = Scale
surveys-question-single = One choice
surveys-question-multiple = Any choices
surveys-question-text = Own words
surveys-question-differential = Between two opposites
surveys-question-ranking = Ranking
surveys-question-constant-sum = Total to spread
surveys-question-yes-no = Yes or no
surveys-question-number = Number
surveys-question-date = Day
surveys-question-line = One line
surveys-question-contact = Contact details
surveys-question-consent = Consent
surveys-question-information = Information

surveys-measure-recommendation = Recommendation
surveys-measure-satisfaction = Satisfaction
surveys-measure-effort = Effort
surveys-measure-expectation = Expectation
surveys-measure-ideal = Closeness to the ideal
surveys-measure-value = Value for money
surveys-measure-competition = Pull of competitors
surveys-measure-repurchase = Repurchase
surveys-measure-cross-purchase = Cross purchase
surveys-measure-price-tolerance = Price tolerance
surveys-measure-share-of-wallet = Share of wallet
surveys-measure-switching-cost = Switching cost
surveys-measure-outcome = Outcome
surveys-measure-reason = Reason
surveys-measure-improvement = Improvement
surveys-measure-employee = Employee who looks after the account
surveys-measure-contact = Permission to get in touch

surveys-anonymous = anonymous
surveys-anonymous-about = Answers are opened once a day in groups of at least { $least } people and count from then on; until then nobody sees who has answered or what. What fewer than { $least } of a group have answered is not shown.
# Versions, and texts that are not translated.
surveys-versions = Versions
surveys-versions-sub = A published version never changes. Questions of one key go on in one series as long as people are asked the same.
surveys-version-first = The first version.
surveys-version-breaks = Series that break here: { $measures }.
surveys-version-unbroken = No series breaks here.
surveys-version-changed = What changed
surveys-version-series = Its series
surveys-version-goes-on = goes on
surveys-version-broken = breaks
surveys-version-begins = begins
surveys-version-ends = ends
surveys-change-kind = answered in another way
surveys-change-scale = other points or choices
surveys-change-polarity = the other end is the good one
surveys-change-measure = measures or weighs otherwise
surveys-change-wording = other words ({ $languages })
surveys-change-new = new
surveys-change-gone = not asked any more
surveys-change-same = { $changes }; stated to mean the same: { $reason }
surveys-aspect = aspect “{ $aspect }”
surveys-gaps = { $language }: { $count ->
        [one] one text is not translated
       *[other] { $count } texts are not translated
    } and read in { $fallback }
surveys-gaps-sub = Lines are those of the file that was published.
surveys-gap-of = Page or question
surveys-gap-key = Text
surveys-gap-line = Line

surveys-unspoken = The service has no texts in { $languages }: mails, and what pages say besides the survey, are in another language there.
surveys-rules = Rules
surveys-rules-sub = Conditions as the file has them; where several skips stand at one question, the first that holds counts.
surveys-rule-of = Of
surveys-rule-what = What it does
surveys-rule-when = When
surveys-rule-survey = The survey
surveys-rule-show = is asked only then
surveys-rule-show-page = page that is shown only then
surveys-rule-block = stands in block { $block }: its order is drawn for each person
surveys-rule-block-pages = page in block { $block }: their order is drawn for each person
surveys-rule-end = ends the survey after it
surveys-rule-skip = goes on with { $to }
surveys-rule-quota = closes after { $most } responses (quota { $quota })
surveys-rule-quota-survey = closes after { $most } responses (quota { $quota })
surveys-rule-thanks = says other thanks
