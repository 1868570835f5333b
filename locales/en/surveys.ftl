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
surveys-complete = complete
surveys-incomplete = no mail in one of them
surveys-required = required

surveys-kind-relationship = Relationship
surveys-kind-transactional = After an event
surveys-kind-thematic = One subject
surveys-kind-third-party = By an agency
surveys-kind-assisted = By telephone or on paper
surveys-kind-mystery-visit = Mystery visit
surveys-kind-spot-check = Spot check
surveys-kind-internal = Employees
surveys-kind-partner = Partners

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
surveys-measure-contact = Permission to get in touch
