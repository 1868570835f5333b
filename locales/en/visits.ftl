# Doubts about responses, and what visits to links leave behind.

visits-doubtful = in doubt
visits-too-fast =
    Sent { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    } after the page was opened; { $least } clicked answers take at least { $least } seconds.
visits-no-sign = Sent by the page's script without a pointer, key or touch being seen.
visits-line-group = The same point ({ $point }) for all { $items } items of “{ $group }”, although some of them are turned round.
visits-line-all = The same point ({ $point }) for all { $items } ratings.
visits-promoter-dissatisfied = Recommends us (9 or 10), but is dissatisfied overall.
visits-detractor-delighted = Does not recommend us at all (0 to 2), but is as satisfied overall as can be.
visits-promoter-leaves = Recommends us (9 or 10), but would certainly not buy again.
visits-satisfied-with-nothing = Satisfied overall, but dissatisfied with every aspect.
visits-dissatisfied-with-nothing = Dissatisfied overall, but satisfied with every aspect.
visits-machine-near =
    { $count ->
        [one] { $count } fetch of its link looks like a machine's.
       *[other] { $count } fetches of its link look like a machine's.
    }

visits-exclude = Take out of all figures
visits-exclude-why = Why it shall not count
visits-exclude-hint = The reason stays with the response and in the audit trail. It can be let in again.
visits-exclude-do = Do not count it
visits-restore = Let it count again

visits-title = Visits of machines, and answers that were begun
visits-title-account = Visits that look like a machine's
visits-sub = Mail gateways open links before people do. This is evidence; it blocks nobody and counts in no figure.
visits-none = Nothing of the kind has been seen.
visits-begun = Begun and not sent yet
visits-confirmed = Begun, and sent
visits-discarded = Begun and never sent: discarded
visits-marked = Invitations with any such sign
visits-sign = Sign
visits-invitations = Invitations
visits-fetches = Fetches
visits-program = Program
visits-first = First
visits-last = Last
visits-who = Whose link
visits-sign-head = Asked for the head of the page alone
visits-sign-name = Named itself as no browser does
visits-sign-burst = Opened several scores within seconds
visits-sign-hidden-link = Followed the link that nobody sees, or came within seconds of who did
visits-agent-browser = calls itself a browser
visits-agent-mail-program = mail program
visits-agent-scanner = scanner
visits-agent-tool = tool
visits-agent-nameless = gives no name
