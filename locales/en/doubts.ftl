# Doubtful responses.

nav-doubts = Doubtful responses
doubts-title = Doubtful responses
doubts-sub = A doubtful response counts until somebody takes it out, with a reason, on record. What is taken out is still here and can be let in again. Figures follow at once; warnings are looked at again in the following night.
doubts-flag = Why in doubt
doubts-flag-too-fast = Sent too fast
doubts-flag-no-sign = No sign of a person
doubts-flag-straight-line = The same point throughout
doubts-flag-contradiction = Answers that hardly go together
doubts-survey = Survey
doubts-wave = Wave
doubts-state = Counts
doubts-state-kept = Counted
doubts-state-excluded = Excluded
doubts-filter = Show
doubts-took =
    { $seconds ->
        [one] took { $seconds } second
       *[other] took { $seconds } seconds
    }
doubts-why = Excluded: { $why }
doubts-anonymous = anonymous survey
doubts-by-link = open link: { $name }
doubts-first = Latest
doubts-next = Earlier
doubts-none = No doubtful responses of this kind.
