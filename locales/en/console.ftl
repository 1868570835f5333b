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
