//! Conditions and surveys drawn for tests.

use super::*;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        "[a-z][a-z0-9_]{3,8}".prop_filter("no word of the language", |word| word != "answered"
            && word != "chosen"
            && word != "true"
            && word != "false"),
        "(answer|account|contact)\\.[a-z][a-z0-9_]{0,8}",
    ]
    .prop_map(|text| Name::new(&text))
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        (-999_999_999_999_999i64..=999_999_999_999_999).prop_map(Constant::Number),
        (-20i64..=20).prop_map(|x| Constant::Number(x * 500)),
        any::<String>().prop_map(|text| Constant::Text(text.chars().take(12).collect())),
        (1i32..=9999, 1u32..=366)
            .prop_filter_map("a day", |(year, day)| NaiveDate::from_yo_opt(year, day).map(Constant::Date)),
    ]
    .prop_map(Literal::from)
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![3 => name().prop_map(Term::Name), 1 => literal().prop_map(Term::Literal)]
}

/// Any condition that can be written.
pub fn expr() -> impl Strategy<Value = Expr> {
    let sign = prop::sample::select(Comparison::ALL.to_vec());
    let leaf = prop_oneof![
        any::<bool>().prop_map(Expr::Truth),
        (term(), sign, term()).prop_map(|(left, how, right)| Expr::Compare(left, how, right)),
        (term(), any::<bool>(), prop::collection::vec(literal(), 1..4))
            .prop_map(|(one, is, list)| Expr::In(one, is, list)),
        name().prop_map(Expr::Answered),
        (name(), prop::collection::vec(literal(), 1..3)).prop_map(|(name, choices)| Expr::Chosen(name, choices)),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Expr::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner, 2..4).prop_map(Expr::Or),
        ]
    })
}
