# The frame of the console, and its small pages.

language-name = English

skip-to-content = Skip to content
nav-main = Main
nav-menu = Menu
nav-overview = Overview
nav-accounts = Accounts
nav-warnings = Warnings
nav-cases = Win-back
nav-waves = Waves
nav-surveys = Surveys
nav-reports = Reports
nav-mailbox = Mailbox
nav-users = People
nav-audit = Audit trail
nav-me = My settings
nav-theme = Light or dark
nav-sign-out = Sign out

role-administrator = Administrator
role-quality_manager = Quality manager
role-account_manager = Account manager
role-executive = Executive
role-auditor = Auditor
role-in-region = { $role }, { $region }

sign-in = Sign in
save = Save
show = Show
all = all
older = Older
newer = Newer

field-email = E-mail address
field-password = Password
field-new-password = New password (leave empty to keep the old one; at least 10 characters)
field-language = Language
field-zone = Time zone (as in “Asia/Shanghai”)
field-name = Name
field-role = Role
field-region = Region
field-when = When
field-who = Who
field-what = What
field-account = Account
field-change = Change

user-add = Add a person
user-inactive = inactive
audit-empty = Nothing has been changed yet.
audit-service = the service itself

# My settings
me-digest = Summary of my accounts by mail
me-digest-yes = Send it when something needs me
me-digest-no = Send none

# What the audit trail tells: what was done, and to what
audit-action-assigned = handed over
audit-action-changed = changed
audit-action-changed-by-the-customer = changed by the customer
audit-action-created = created
audit-action-escalated = passed on
audit-action-made = made
audit-action-password-set = password set
audit-action-planned = planned
audit-action-published = published
audit-action-recounted = recounted
audit-action-sign-in-failed = sign-in failed
audit-action-signed-in = signed in
audit-action-stepped = moved on
audit-action-suppressed = no longer written to
audit-action-unsubscribed = unsubscribed
audit-action-raised = raised
audit-action-rose = rose
audit-action-fell = fell
audit-action-lapsed = lapsed
audit-action-excluded = excluded
audit-action-restored = restored
audit-action-erased = erased
audit-action-started = started
audit-action-scheduled = scheduled
audit-action-unscheduled = unscheduled
audit-action-paused = paused
audit-action-resumed = resumed
audit-action-cancelled = cancelled
audit-action-halted = halted
audit-action-finished = finished
audit-action-asked = asked the gate
audit-action-cause = cause set
audit-action-ended = ended
audit-action-owner = handed over
audit-action-reopened = opened again
audit-action-numbers = figures set
audit-action-touch = contact recorded
audit-action-step-added = step added
audit-action-admitted = opened past the gate
audit-action-step-done = step done
audit-action-step-moved = step moved
audit-record-user = person
audit-record-warning = warning
audit-record-response = response
audit-record-account = account
audit-record-case = case
audit-record-wave = wave
audit-record-report = report
audit-record-survey = survey
audit-record-tallies = tallies
audit-record-address = address
audit-record-contact = contact

# Forms that come back

form-changed-meanwhile = Somebody else has changed this in the meantime, so nothing was saved. Below is what you entered; where something else stands now, it is told at the field. Send the form again to put yours in its place.
form-stands-now = Stands there now: { $value }
form-ticked = ticked
form-not-ticked = not ticked
form-held = What you typed is not saved yet. It is still in this page, but for passwords: please leave it open and send it again in a moment.
form-held-button = Send again
form-typed = What you wrote was not saved:
