# Sites, teams and employees of our own, checks of them, and how employees are rated.

nav-subjects = Sites and staff
subjects-kind = Kind
subjects-kind-site = Site
subjects-kind-team = Team
subjects-kind-employee = Employee
subjects-lede = Scores are means of the spot checks of the last { $months } months. They are no part of the figures on customers.
subjects-grades = Grades, with the lowest score that earns each: { $grades }.
subjects-new = Add a site, team or employee
subjects-search = Name or number
subjects-none = Nothing here yet. Add sites and teams to check them, and employees to see how customers rate them.
subjects-score = Score
subjects-score-year = Score, last 12 months
subjects-checks =
    { $count ->
        [one] { $count } check
       *[other] { $count } checks
    }
subjects-grade = Grade
subjects-grade-same = as before
subjects-grade-was = before: { $grade }
subjects-inactive = not in use
subjects-active = In use
subjects-check = Check now
subjects-check-of = Check of { $name }
subjects-check-note = Signed in as { $who }. The score is the mean of all points that apply, by their weights.
subjects-check-day = Day of the visit
subjects-check-which = Which checklist?
subjects-no-checklists = No checklist is published. Surveys of the kinds spot check and mystery visit are checklists.
subjects-back = Back
subjects-number = Number
subjects-number-hint = What files call it; it cannot be changed later.
subjects-site = Site
subjects-site-hint = Where the team or the employee works; a site has none.
subjects-user = Signs in as
subjects-user-hint = The ratings of the accounts that this person looks after count for this employee. Only for employees.
subjects-course = Scores of the checks
subjects-course-sub = Each check is a point; the dotted lines are where grades begin
subjects-course-table = Means by month
subjects-month = Month
subjects-history = Graded and re-graded
subjects-history-sub = Each check with the grade that it gave
subjects-never = Not checked yet.
subjects-day = Day
subjects-by = Entered by
subjects-not-counted = does not count
subjects-ratings = How customers rate this employee
subjects-ratings-sub = 0 to 100, last { $months } months; from { $minimum } responses on. Part of no index.
subjects-too-few = not shown: fewer than { $minimum } responses
subjects-before = Before
subjects-after = After
subjects-changed = Difference
subjects-difference = { $difference } (95 %: { $interval })
subjects-difference-unknown = The responses of one side come from one account alone: the interval is unknown.
subjects-training = Training
subjects-training-add = Note a training
subjects-training-caveat = { $days } days before and after the training are compared, without its own day. There is no group that was not trained to compare with, and who is trained after poor ratings would often be rated better anyway. The difference does not show that the training brought it about.
