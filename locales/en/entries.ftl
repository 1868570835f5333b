# Responses that are entered for a contact.

channel-web = by the page
channel-import = taken over
channel-telephone = by telephone
channel-paper = on paper
channel-third-party = by an agency
channel-open-link = by an open link
channel-spot-check = at a check
entries-enter = Enter a response
entries-title = Enter a response of { $name }
entries-lede = What a contact has said by telephone or on paper. It counts like any other response and is marked with how it came and who entered it. Who looks after the account cannot enter its responses.
entries-invitation = In answer to
entries-invitation-hint = The invitation is then answered, and its link shows what was said.
entries-no-invitation = no invitation
entries-invitation-of = { $name }: { $survey }, { $day }
entries-contact = Contact
entries-nobody-named = nobody by name
entries-survey = Survey
entries-channel = How
entries-day = Day of the talk, or on the paper
entries-begin = Go to the questions
entries-back = Back
entries-for = { $account }
entries-note = { $who }, { $channel }, { $day }. Read the questions as they stand; enter what was said.
entries-by = { $channel }, entered by { $name }
entries-from = { $channel }: { $source }
