# What customers read when they answer or stop the mails. Spoken by the company that asks.

# How a language calls itself.
respond-this-language = English
respond-colon = { ": " }
respond-list-gap = { ", " }
respond-quoted = “{ $words }”

respond-behind = { $percent } % done
respond-all-asked = These were all our questions
respond-all-asked-text = Your answers count once you send them here.
respond-step = Step { $step } of { $steps }
respond-next = Next
respond-back = Back
respond-send = Send answers
respond-optional = (if you like)
respond-other = In your own words
respond-na = n/a
respond-na-long = no experience
respond-points = { $x } of { $last }

respond-yes = Yes
respond-no = No
respond-agreed = agreed
respond-ranked = { $rank }. { $choice }
respond-with-unit = { $x } { $unit }
respond-contact-name = Name
respond-contact-email = E-mail
respond-contact-telephone = Telephone
respond-rank-how = 1 is the first place. Each place is given once.
respond-sum-so-far = { $sum } of { $total }
respond-range = { $min } to { $max }
respond-range-from = { $min } or more
respond-range-to = at most { $max }
respond-days = { $min } to { $max }
respond-days-from = From { $min }
respond-days-to = Until { $max }

respond-prefilled = Your { $x } from the e-mail is filled in. It counts once you press the button here.
respond-prefilled-other = You had chosen { $kept } here; the link in the e-mail says { $x }. Please choose the one that holds.
respond-kept = We have kept what you filled in on { $date }.
respond-kept-here = What you had filled in on this device is here again.
respond-kept-clear = Start over
respond-keeps = What you fill in is kept for you to go on later. It counts once you send it.
respond-waits = Your answers are not lost.
respond-waits-stored = There is no connection right now. They are kept on this device and are sent by themselves as soon as there is one. If you close this page, open the same link again later.
respond-waits-open = There is no connection right now. They are sent by themselves as soon as there is one: please leave this page open until then.
respond-waits-now = Try now
respond-waits-back = Back to the answers
respond-your-manager = Your account manager is { $manager }.
respond-who-sees-title = Who sees this
respond-who-sees-manager = { $manager } and the people responsible for quality see your answers with your name. Reports show them only added up with those of others.
respond-who-sees = The people responsible for your account and for quality see your answers with your name. Reports show them only added up with those of others.

respond-who-sees-internal = The people responsible for quality see your answers with your name. Reports show them only added up with those of others.

respond-anonymous = This survey is anonymous: your answers are kept without your name, and nobody can find out which are yours, not even we.
respond-who-sees-anonymous = Nobody sees your answers with your name. The link only lets each person answer once. Answers are opened later, mixed with those of others, and counted only where enough people have answered. They cannot be looked at or changed once they are sent. Please name nobody in your own words, yourself included.
respond-anonymous-used = This link has been used. The survey is anonymous: nobody can find out which answers are yours, so they cannot be shown or changed here.

respond-preview = This is a preview: try it and turn its pages; nothing is kept.
respond-preview-sent = This is a preview: the form is complete, and nothing was kept. In earnest the answers would be recorded now, and the page would say: { $thanks }

respond-missing-point = Please choose a number from { $min } to { $max }.
respond-missing-choice = Please choose an answer.
respond-missing-words = Please write a few words here.
respond-missing-number = Please write a number in figures, without marks between thousands.
respond-missing-date = Please give a day.
respond-missing-contact = Please tell us how to reach you.
respond-missing-consent = Please tick this box to go on.
respond-missing-sum = Please spread { $total } over these in whole numbers.
respond-sum-off = These add up to { $sum }; together they have to make { $total }.
respond-rank-all = Please give each place from 1 to { $most } once.
respond-rank-some = Please give places from 1 to { $most }, each once, and at least { $least } of them.
respond-alone = “{ $choice }” cannot stand together with other answers. Please choose one or the other.
respond-choices-range =
    { $min ->
        [1] Please choose at most { $max }.
       *[other] Please choose { $min } to { $max } answers.
    }
respond-outside = This lies outside of what is possible here: { $range }.
respond-number-step = Please write a number in steps of { $step }.
respond-line-expected = Please write it like this: { $expected }
respond-contact-missing-name = Please give your name.
respond-contact-missing-email = Please give your e-mail address.
respond-contact-missing-telephone = Please give your telephone number.
respond-contact-wrong-name = Please give your name in fewer words.
respond-contact-wrong-email = Please check the e-mail address: it should read like name@example.com.
respond-contact-wrong-telephone = Please check the telephone number: digits, with spaces or marks between them.
respond-wrong =
    { $count ->
        [one] One answer needs another look. Nothing you entered is lost.
       *[other] { $count } answers need another look. Nothing you entered is lost.
    }

respond-thanks-name = Thank you, { $name }. Your answers are recorded.
respond-thanks = Thank you. Your answers are recorded.
respond-change-until = You can change them until { $date } with the same link.
respond-change-over = The survey is closed, so they stay as they are.
respond-change-late = The time for changes is over, so they stay as they are.
respond-change = Change an answer
respond-now = What happens now
respond-said = What you told us
respond-next-contact = { $manager } reads your answers and gets in touch with you, as you asked.
respond-next-reads = { $manager } reads your answers.
respond-next-contact-team = We read your answers and get in touch with you, as you asked.
respond-next-reads-team = The people responsible for your account read your answers.
respond-next-reads-internal = The people responsible for quality read your answers.
respond-next-added = Together with the answers of others they show us what to change first.

respond-privacy = Privacy
respond-stop-link = Stop these e-mails
respond-sent-by = Sent by { $company }.
respond-sent-by-at = Sent by { $company }, { $address }.
respond-open-until = “{ $survey }” is open until { $date }.

respond-stop = Stop these e-mails?
respond-stop-text = { $company } will then send no more surveys to your e-mail address.
respond-stop-button = Stop them
respond-stopped = You will get no more of these e-mails.
respond-stopped-text = { $company } sends no more surveys to your address. One that is on its way already may still arrive.

respond-resend = Your answers are not saved yet.
respond-resend-text = All that you entered is still in this page. Please leave it open and send it again in a moment.
respond-resend-button = Send again

# The command that checks survey files and tallies

check-survey-valid = { $file }: valid. Survey { $survey }, version { $version }, questions: { $questions }.
check-difference = { $place }: stands at { $is }, should be { $should }
check-tallies-equal = Responses counted: { $responses }. All { $tallies } tallies are right.
check-tallies-differ = Responses counted: { $responses }. Tallies that differ: { $differences } of { $tallies }.
check-tallies-mended = The recount now stands in their place.
check-tallies-how = Nothing was changed. Add --mend to put the recount in their place.

# What comes of answers, and the person's own page.
respond-thanks-promoter = It is good to hear that you would speak for us. We will do our best to keep it that way.
respond-thanks-passive = Your answers show us where we can still do better.
respond-thanks-detractor = We are sorry that we have not lived up to what you expect. Thank you for telling us.
private-link = Your own page: what you told us and what became of it
private-promise-open =
    { $wish ->
        [telephone] { $name } will call you by { $date }.
        [mail] { $name } will write to you by { $date }.
        [meeting] { $name } will arrange a meeting with you by { $date }.
       *[any] { $name } will get in touch with you by { $date }.
    }
private-promise-done = { $name } got in touch with you on { $date }.
private-promise-declined = As you wished, nobody gets in touch with you about this.
private-wish-telephone = Please call me
private-wish-mail = Please write to me
private-wish-meeting = Please meet me
private-wish-none = Please do not contact me
private-review = Write a review
private-reference-yes = You said that we may ask you. You can change this at any time.
private-reference-no = You said that you would rather not. You can change this at any time.
private-title = Your page, { $name }
private-about = What you have told { $company } on behalf of { $account }, and what became of it. Whoever has the link to this page can read it: please keep it to yourself.
private-nothing = You have not answered any of our surveys yet.
private-rest =
    { $count ->
        [one] One more answer
       *[other] { $count } more answers
    }
private-became = What became of it
private-became-added = Your answers were read and counted together with those of others.
private-done = What we have done since
private-reply-by = { $name }, { $date }
private-mails-title = E-mails from us
private-mails = You get surveys from { $company } by e-mail.
private-stopped = You get no more surveys from { $company } by e-mail.
