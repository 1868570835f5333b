//! Why a survey file is not valid.

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal [$($arg:literal)*];)+) => {
        /// Why a survey file is not valid: the argument `reason` of a fault, and the end of the name
        /// of its text, `survey-fault-…` in `locales/*/survey.ftl`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $word,)+ } }

            /// What else the fault tells, beside its reason.
            pub fn args(self) -> &'static [&'static str] { match self { $(Self::$name => &[$($arg,)*],)+ } }

            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

reasons! {
    // the file
    /// The file is not TOML; the detail is the parser's.
    Syntax = "syntax" ["detail"];
    /// A key that does not exist at this place.
    KeyUnknown = "key-unknown" ["key" "known"];
    /// A key of another kind of question.
    KeyUnfit = "key-unfit" ["key" "kind"];
    /// A key that must be there.
    KeyMissing = "key-missing" ["key"];
    /// A value of another type.
    TypeWrong = "type-wrong" ["key" "expected" "found"];
    /// A number outside its range.
    NumberOutOfRange = "number-out-of-range" ["key" "value" "min" "max"];
    /// A name that is not of lower-case letters, digits and underscores.
    NameMalformed = "name-malformed" ["key" "value"];
    // words with a fixed set
    /// No such kind of survey.
    KindUnknown = "kind-unknown" ["value" "known"];
    /// No such kind of account.
    AccountKindUnknown = "account-kind-unknown" ["value" "known"];
    /// No such kind of question.
    QuestionKindUnknown = "question-kind-unknown" ["value" "known"];
    /// No such measure.
    MeasureUnknown = "measure-unknown" ["value" "known"];
    /// No such polarity.
    PolarityUnknown = "polarity-unknown" ["value" "known"];
    // languages and texts
    /// A language tag that is none.
    LanguageMalformed = "language-malformed" ["value"];
    /// A language is listed twice.
    LanguageTwice = "language-twice" ["language"];
    /// A text lacks one of the languages of the survey.
    TranslationMissing = "translation-missing" ["key" "language"];
    /// A text that is read in the language of fallback: no fault, and told all the same.
    TranslationFallback = "translation-fallback" ["key" "language" "fallback"];
    /// A language of fallback that the survey does not list.
    FallbackUnknown = "fallback-unknown" ["value" "known"];
    /// A text in a language that the survey does not list.
    TranslationExtra = "translation-extra" ["key" "language"];
    /// A text without a word in it.
    TextEmpty = "text-empty" ["key" "language"];
    /// A text that is too long to be read.
    TextTooLong = "text-too-long" ["key" "language" "count" "max"];
    /// A text with control characters in it.
    TextControl = "text-control" ["key" "language"];
    /// A placeholder that nothing fills.
    PlaceholderUnknown = "placeholder-unknown" ["key" "placeholder" "known"];
    // pages
    /// A list that must not be empty: languages, pages, the questions of a page.
    ListEmpty = "list-empty" ["key"];
    /// Two pages of one key.
    PageKeyTwice = "page-key-twice" ["page"];
    // questions
    /// Two questions of one key.
    QuestionKeyTwice = "question-key-twice" ["question"];
    /// A rating that names no measure.
    MeasureMissing = "measure-missing" ["question"];
    /// A measure that this kind of question cannot feed.
    MeasureUnfit = "measure-unfit" ["question" "measure" "kind"];
    /// A rating of satisfaction that names no service aspect.
    AspectMissing = "aspect-missing" ["question"];
    /// A name for a service aspect that no question asks for.
    AspectUnused = "aspect-unused" ["aspect"];
    /// A second question of the kind that a survey has once.
    RecommendTwice = "recommend-twice" ["question" "first"];
    /// A second question on overall satisfaction.
    OverallTwice = "overall-twice" ["question" "first"];
    /// No such way of drawing a rating.
    DisplayUnknown = "display-unknown" ["value" "known"];
    /// A range whose end is before its beginning.
    RangeEmpty = "range-empty" ["question"];
    /// A pattern that cannot be read, or not be searched in linear time; the detail is the parser's.
    PatternMalformed = "pattern-malformed" ["question" "detail"];
    /// No such line of contact details.
    ContactPartUnknown = "contact-part-unknown" ["value" "known"];
    /// A line of contact details is listed twice.
    ContactPartTwice = "contact-part-twice" ["value"];
    /// A line of contact details is needed and not asked for.
    ContactPartUnasked = "contact-part-unasked" ["value"];
    /// A question whose answers name who gave them, in an anonymous survey.
    AnonymousUnfit = "anonymous-unfit" ["question" "kind"];
    /// An anonymous survey that asks or says different things by who is asked.
    AnonymousAttribute = "anonymous-attribute" ["name"];
    /// A survey without a question that wants an answer.
    NothingAsked = "nothing-asked" [];
    // scales
    /// No scale of that name.
    ScaleUnknown = "scale-unknown" ["question" "scale"];
    /// A scale that no question uses.
    ScaleUnused = "scale-unused" ["scale"];
    /// The scale of a recommendation that does not run from 0 to 10.
    RecommendScale = "recommend-scale" ["question" "from" "last"];
    /// The scale of a question on effort that does not run from 1 to 7.
    EffortScale = "effort-scale" ["question" "from" "last"];
    /// Opposites with neither five nor seven points between them.
    DifferentialPoints = "differential-points" ["question" "points"];
    /// A scale of fewer than two points, or of more than anybody tells apart.
    ScalePoints = "scale-points" ["scale" "points" "max"];
    /// Not as many labels as points.
    ScaleLabels = "scale-labels" ["scale" "language" "points" "count"];
    /// A scale whose ends are not named.
    ScaleEnds = "scale-ends" ["scale"];
    // choices
    /// Fewer than two choices.
    ChoicesFew = "choices-few" ["question"];
    /// Two choices of one key.
    ChoiceKeyTwice = "choice-key-twice" ["question" "choice"];
    /// A choice whose key has a meaning of its own.
    ChoiceKeyReserved = "choice-key-reserved" ["question" "choice"];
    /// Two choices that open a line for own words.
    OtherTwice = "other-twice" ["question"];
    // groups
    /// No group of that key on the page.
    GroupUnknown = "group-unknown" ["question" "group"];
    /// Two groups of one key on a page.
    GroupKeyTwice = "group-key-twice" ["group"];
    /// A group without questions.
    GroupUnused = "group-unused" ["group"];
    /// Questions of a group with others between them.
    GroupScattered = "group-scattered" ["question" "group"];
    /// A group whose questions are on different scales.
    GroupMixed = "group-mixed" ["question" "group"];
    // conditions
    /// A condition that does not read as one.
    ExpressionSyntax = "expression-syntax" ["found" "expected"];
    /// A condition that is longer than anybody reads.
    ExpressionTooLong = "expression-too-long" ["max"];
    /// Brackets and `not` within each other, too many of them.
    ExpressionTooDeep = "expression-too-deep" ["max"];
    /// A condition on something that is not there.
    ExpressionNameUnknown = "expression-name-unknown" ["name" "known"];
    /// A comparison of things of different types.
    ExpressionType = "expression-type" ["found" "expected"];
    /// A condition on a choice that the question does not offer.
    ExpressionChoiceUnknown = "expression-choice-unknown" ["question" "choice" "known"];
    /// A condition on an answer that is not given yet.
    ExpressionLater = "expression-later" ["question"];
    /// Two questions, each of which waits for the other.
    ExpressionCircle = "expression-circle" ["question" "other"];
    /// A condition that no answer makes true.
    ExpressionNever = "expression-never" ["expression"];
    // where rules lead
    /// A skip to, or a quota on, something that is not there.
    TargetUnknown = "target-unknown" ["target"];
    /// A skip that does not lead forward.
    SkipBackward = "skip-backward" ["question" "target"];
    /// A skip into questions whose order is drawn.
    SkipIntoBlock = "skip-into-block" ["target"];
    /// A survey that always ends before its last question.
    EndAlways = "end-always" ["question"];
    /// Members of a block with others between them.
    BlockScattered = "block-scattered" ["block"];
    /// Members of a block of which some stand in a group and others do not.
    BlockMixed = "block-mixed" ["block" "question"];
    /// Two quotas of one key.
    QuotaKeyTwice = "quota-key-twice" ["quota"];
    // what is said once the answers are in
    /// A condition where everybody is asked, or nobody.
    ReviewConditional = "review-conditional" ["block" "key"];
    /// A link in words that only some are shown.
    LinkConditional = "link-conditional" ["key" "link"];
    /// An address that is none of a page.
    UrlMalformed = "url-malformed" ["value"];
    /// A question that is said to mean the same, without a reason.
    SameAsReason = "same-as-reason" [];
    /// A question that is said to be that of a version which is not earlier.
    SameAsLater = "same-as-later" ["version"];
    // what texts repeat
    /// A text that repeats something and does not say what stands there without it.
    PlaceholderFallback = "placeholder-fallback" ["key" "placeholder"];
    /// A text that cannot repeat an answer.
    PlaceholderUnfit = "placeholder-unfit" ["key" "placeholder"];
    /// A text that repeats an answer which is not given yet.
    PlaceholderLater = "placeholder-later" ["key" "placeholder"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
        }
    }
}
