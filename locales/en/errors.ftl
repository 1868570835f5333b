# What went wrong, one text for each code. A text must also read well when a variable is [absent]:
# not every error knows every detail. Say what is wrong, then what to do.

fault-at = { $place }: { $text }
place-field = Field “{ $name }”
place-setting = Setting “{ $name }”
place-line = { $file }, line { $line }, column { $column }
place-cell = Row { $row }, column “{ $column }”

# Input

error-value-missing = A value is required here.
error-value-malformed =
    { $value ->
        [absent] This value does not have the form expected here.
       *[other] “{ $value }” does not have the form expected here.
    }{ $expected ->
        [absent] { "" }
       *[other] { " " }Expected: { $expected }.
    }
error-value-out-of-range =
    { $value ->
        [absent] This value is
       *[other] “{ $value }” is
    } outside the permitted range{ $min ->
        [absent] { $max ->
            [absent] { "" }
           *[other] ; at most { $max }
        }
       *[other] { $max ->
            [absent] ; at least { $min }
           *[other] , { $min } to { $max }
        }
    }.
error-value-unknown =
    { $value ->
        [absent] This value is not known here.
       *[other] “{ $value }” is not known here.
    }{ $known ->
        [absent] { "" }
       *[other] { " " }Possible: { $known }.
    }
error-value-too-short =
    This text is too short{ $min ->
        [absent] ; make it longer.
        [one] ; at least { $min } character is needed here.
       *[other] ; at least { $min } characters are needed here.
    }
error-value-too-long =
    This text is too long{ $max ->
        [absent] ; shorten it.
        [one] ; at most { $max } character is possible here.
       *[other] ; at most { $max } characters are possible here.
    }
error-value-conflicting =
    { $value ->
        [absent] This value
       *[other] “{ $value }”
    } cannot stand together with the others that were given. Take out one or the other.
error-value-unprintable = This text has control characters or marks that turn the direction of text. Remove them.
error-value-twice =
    { $value ->
        [absent] This value occurs twice
       *[other] “{ $value }” occurs twice
    }, but must be unique here.
error-value-taken =
    { $value ->
        [absent] This value
       *[other] “{ $value }”
    } is already in use, but must be unique here. Choose another, or change the record that has it.
error-input-faulty =
    { $count ->
        [absent] The input has mistakes. Nothing was saved; correct them and try again.
        [one] The input has { $count } mistake. Nothing was saved; correct it and try again.
       *[other] The input has { $count } mistakes. Nothing was saved; correct them and try again.
    }
error-body-too-large =
    What was sent is too large{ $limit ->
        [absent] { "" }
       *[other] ; at most { $limit } kB are accepted
    }. Send less at once.

# Settings

error-setting-faulty =
    { $setting ->
        [absent] This setting is not valid.
       *[other] The setting “{ $setting }” is not valid.
    }{ $reason ->
        [absent] { " " }Check its name and value in the settings file, the environment and the command line.
       *[other] { " " }Reason: { $reason }.
    }
error-setting-unknown =
    { $setting ->
        [absent] There is no setting of this name.
       *[other] There is no setting “{ $setting }”.
    }{ $near ->
        [absent] { " " }All settings stand in config.example.toml.
       *[other] { " " }Is “{ $near }” meant?
    }
error-setting-contradiction =
    { $setting ->
        [absent] This setting does
       *[other] The setting “{ $setting }” does
    } not go together with { $other ->
        [absent] another.
       *[other] “{ $other }”.
    } Change one of the two.
error-setting-contrast =
    { $ratio ->
        [absent] A colour cannot be read on its ground. Choose another one.
       *[other] { $what ->
            [control] The edges of fields
            [mark] Marks
           *[text] Text
        } in { $over } on { $under } { $what ->
            [text] has
           *[other] have
        } a contrast of { $ratio }:1; { $least }:1 is needed{ $near ->
            [absent] .
           *[other] , which { $near } reaches, for instance.
        }
    }
error-setting-logo =
    { $reason ->
        [absent] The logo cannot be shown. Choose another file.
        [size] The logo “{ $file }” is larger than { $max } bytes. Make it smaller.
        [kind] The logo “{ $file }” is neither a PNG nor an SVG.
       *[other] The logo “{ $file }” holds “{ $reason }”: a drawing may hold no programs and refer to nothing outside. Take it out.
    }
error-setting-database-url =
    { $scheme ->
        [absent] The address of the database
       *[other] “{ $scheme }” is no database that this program knows; the address
    } must begin with sqlite:// or postgres://.
error-setting-database-tls = The address of the database asks for an encrypted connection to PostgreSQL, which this build cannot make. Use a build with TLS, or reach the database over a protected network with sslmode=disable.
error-locale-faulty =
    This file of texts has a mistake{ $reason ->
        [absent] { "" }
       *[other] : { $reason }
    }. Correct it or remove the file.

# Files

error-file-unreadable =
    { $file ->
        [absent] A file cannot be read.
       *[other] The file “{ $file }” cannot be read.
    } Check that it exists, is UTF-8 where text is expected, and may be read by this service.
error-file-unwritable =
    { $file ->
        [absent] A file cannot be written.
       *[other] The file “{ $file }” cannot be written.
    } Check that its folder exists, may be written by this service and has space left.
error-import-column =
    { $value ->
        [absent] A column of this file is not known.
       *[other] The column “{ $value }” is not known.
    }{ $near ->
        [absent] { "" }
       *[other] { " " }Is “{ $near }” meant?
    }{ $known ->
        [absent] { " " }Compare the header with the documented columns.
       *[other] { " " }Possible columns: { $known }.
    }
error-import-column-missing =
    { $value ->
        [absent] A required column is missing.
       *[other] The column “{ $value }” is required, and this file lacks it.
    }{ $known ->
        [absent] { " " }Compare the header with the documented columns.
       *[other] { " " }It may also be called: { $known }.
    }
error-import-encoding = This file is not UTF-8 from here on. Save it as “CSV UTF-8” and import it again; nothing was lost.
error-import-row =
    This row does not have the same number of cells as the header{ $expected ->
        [absent] { "" }
       *[other] { $found ->
            [absent] { " " }({ $expected } expected)
           *[other] { " " }({ $expected } expected, { $found } found)
        }
    }. Check its separators and quotation marks.
error-import-question-not-asked =
    { $value ->
        [absent] This question is
       *[other] “{ $value }” answers a question that is
    } not asked of somebody who answered like this. Empty the cell, or correct the answers that lead here.
error-import-account-unknown =
    { $value ->
        [absent] No account has this customer number.
       *[other] No account has the customer number “{ $value }”.
    } Correct the number or import the account first.
error-import-account-circle =
    { $value ->
        [absent] This account would belong to itself, directly or through others.
       *[other] Below “{ $value }”, this account would belong to itself, directly or through others.
    } Correct the column of parents.

# Surveys and waves

error-survey-faulty =
    The survey definition is not valid{ $reason ->
        [absent] . Correct it and check it again.
       *[other] : { $reason }.
    }
error-survey-unknown =
    { $value ->
        [absent] There is no such survey, or not in this version.
       *[other] There is no survey “{ $value }”, or not in this version.
    } Choose one from the list of surveys.
error-survey-version-changed = A published version never changes, since answers refer to it. Give the changed definition a new version number.
error-survey-account-kind =
    { $value ->
        [absent] This account is
       *[other] The account “{ $value }” is
    } not of a kind that the survey asks{ $known ->
        [absent] .
       *[other] : { $known }.
    } Figures on customers, suppliers, dealers and employees are kept apart.
error-survey-not-open = An anonymous survey is answered by invitation alone: an open link would tell where its answers come from.
error-survey-not-sent =
    { $kind ->
        [spot_check] A spot check is not sent to anybody: one of your own people fills it in, signed in and at the site.
        [mystery_visit] A mystery visit is not sent to anybody: the visitor enters it, signed in.
        [third_party] A survey of an agency is not sent from here: its responses are imported.
        [assisted] A survey by telephone or on paper is not sent: its responses are entered for the contact.
       *[other] Surveys of this kind are not sent by a wave. Choose another survey.
    }
error-wave-state =
    { $state ->
        [absent] The wave is not in a state that allows this step.
        [draft] The wave is still a draft; that does not allow this step.
        [scheduled] The wave is scheduled; that does not allow this step.
        [running] The wave is running; that does not allow this step.
        [paused] The wave is paused; that does not allow this step.
        [finished] The wave is finished; that does not allow this step.
        [cancelled] The wave has been cancelled; that does not allow this step.
       *[other] The wave is “{ $state }”; that does not allow this step.
    } Reload the page to see what is possible now.
error-wave-empty = Nobody is left to ask in this wave. Widen the selection, or look at the reasons for which contacts were left out.
error-wave-held-back =
    { $max ->
        [absent] No more contacts may be held back from this wave.
       *[other] No more contacts may be held back from this wave: at most { $max }.
    } Release somebody first, or ask who sets the rules.
error-wave-not-asked = This wave does not ask this contact anyway; there is nothing to hold back. Reload the page to see who is asked.
error-template-faulty =
    { $template ->
        [absent] A template cannot be filled in
       *[other] The template “{ $template }” cannot be filled in
    }{ $line ->
        [absent] { "" }
       *[other] { " " }(line { $line })
    }{ $variable ->
        [absent] { $reason ->
            [absent] { "" }
           *[other] : { $reason }
        }
       *[other] : the value “{ $variable }” is missing
    }. Nothing was sent; correct the template.

# Answering

error-link-unknown = This link is not valid; it may have been damaged on the way. Please open it once more from the mail, or copy it whole into the address line.
error-link-password-wrong = This is not the password. Please look at it again.
error-link-not-yet =
    { $day ->
        [absent] This survey is not open yet. Please come back later.
       *[other] This survey opens on { $day }. Please come back then.
    }
error-link-full = Enough people have answered. Thank you for wanting to take part.
error-link-password-throttled =
    The password was wrong too often. Please try again { $minutes ->
        [absent] later.
       *[other] in { $minutes } min.
    }
error-link-throttled =
    This link was used very often within a short time. Please wait { $seconds ->
        [absent] a moment
        [one] { $seconds } second
       *[other] { $seconds } seconds
    } and try again.
error-link-closed = This survey is closed. Thank you for your interest. You can still write to us at any time.
error-survey-anonymous =
    { $name ->
        [absent] This survey
       *[other] { $name }
    } is anonymous: answers come by its links alone.
error-survey-locked = Anonymous answers wait that were sealed with another secret key. Set the key again that was in use when they came; until then they stay sealed.
error-response-final = This response can no longer be changed.

# People

error-sign-in-failed = The e-mail address or the password is wrong.
error-sign-in-needed = Please sign in; your session may have ended.
error-sign-in-throttled =
    Too many sign-ins have failed. Wait { $minutes ->
        [absent] a while
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } before the next try.
error-form-stale = This form is from before you signed in, or from elsewhere, so nothing was saved. Look through it and send it again.
error-permission-denied = Your role does not allow this. Ask an administrator if you need it.
error-permission-own-account = You look after this account yourself, so somebody else has to enter what is said there.

# Records

error-record-not-found = There is no such record, or you may not see it.
error-page-unknown = There is no page at this address. Check the address or begin at the start page.
error-record-changed = Somebody else has changed this in the meantime. Nothing was saved; reload the page and repeat your change.
error-record-state =
    { $state ->
        [absent] This step is not possible in the present state.
       *[other] This step is not possible in the state “{ $state }”.
    } Reload the page to see what is possible now.

# Figures

error-figure-undefined =
    This figure cannot be computed from these data{ $figure ->
        [absent] .
        [probability] : the probability of return is not a number.
       *[other] : { $figure }.
    }

# Mail

error-mail-unavailable = The mail server cannot be reached or does not answer as expected. The mails stay in the outbox and are sent later.
error-mail-refused =
    The mail server refuses this mail for good{ $reason ->
        [absent] { "" }
       *[other] : { $reason }
    }. Check address and content.
error-mail-address =
    { $value ->
        [absent] This is not a valid e-mail address; it needs a form such as name@example.com.
       *[other] “{ $value }” is not a valid e-mail address; it needs a form such as name@example.com.
    }

# The service itself

error-database-unavailable = The database does not answer at the moment. Nothing was saved; try again soon.
error-database-missing =
    There is no database{ $file ->
        [absent] { "" }
       *[other] { " " }“{ $file }”
    } yet. “bellwether migrate” makes it; if there should be one, check “database_url” and the folder that the program is started in.
error-database-schema = The database does not fit this version of the program. Run the migration of this version, or start the version that made it.
error-database-already-served = Another process already serves this database. End it first, or use PostgreSQL to run several.
error-server-address =
    Nobody can be served at { $address ->
        [absent] this address
       *[other] { $address }
    }: something else listens there already, or it is no address of this machine, or the port needs more rights. Choose another with { $setting ->
        [absent] “listen”
       *[other] “{ $setting }”
    }.
error-internal = Something went wrong on our side; the log says more. Try again, and tell the people who run this service if it stays.
error-demo-directory =
    { $file ->
        [absent] The directory
       *[other] The directory “{ $file }”
    } holds something that the demo did not make, so it is left alone. Choose another with --dir.
error-demo-outdated =
    { $file ->
        [absent] The data of the demo were
       *[other] The data of the demo in “{ $file }” were
    } made by another version of the program, which this one cannot go on with. Start it with --reset to invent them anew, or choose another directory with --dir.
