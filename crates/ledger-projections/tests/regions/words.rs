//! The arithmetic in words.

use crate::book::Book;
use crate::history::explain;

fn words(book: &Book, figure: &str, code: &str, as_of: &str) -> Vec<String> {
    let explained = explain(book, figure, code, None, 2021, as_of).expect("a row");
    let step = |step: &ledger_contract::report::CalculationStep| {
        let amount = step
            .amount
            .as_ref()
            .map_or("null".into(), |amount| amount.0.to_string());
        format!("{amount}: {}", step.sentence)
    };
    explained.steps.iter().map(step).collect()
}

fn region() -> Book {
    Book::with(&[
        "schedule g 2021:2/3 @2020-03-19",
        "cost g a a1 100 @2021-02-01",
        "cost g b b1 50 @2021-02-01",
        "joint g j1 10 @2021-03-01",
        "group h k threshold=75 @2021-01-01",
        "cost h a a2 100 client=x @2021-04-01",
        "advance 2021 a v1 60 @2021-01-01",
        "settle 2021 first @2022-06-01",
    ])
}

#[test]
fn a_cost_share_in_words() {
    assert_eq!(
        words(&region(), "costShare", "a", "2021-12-31"),
        [
            "50.00: Of the 150.00 that the 3 members used of g together, 2/3 is shared by key: 5 of 10 by key k: 50.00.",
            "5.00: Of the joint costs of 10.00, shared by key at any degree, 5 of 10 by key k: 5.00.",
            "33.33: Of the 100.00 that a used itself, what the degree 2/3 leaves stays with it: 33.33.",
            "12.50: Of the 25.00 that the 3 members used of h above the threshold of 75.00 per client, 1 is shared by \
             key: 5 of 10 by key k: 12.50.",
            "75.00: Below the threshold, or without a client, lie 75.00 of its costs, which stay with it whole.",
        ]
    );
}

#[test]
fn benefit_balance_and_the_rest_in_words() {
    let book = region();
    assert_eq!(
        words(&book, "benefit", "a", "2021-12-31"),
        [
            "100.00: a used 100.00 of g in 2021.",
            "5.00: Of the joint costs of 10.00, shared by key at any degree, 5 of 10 by key k: 5.00.",
            "-88.33: Less its cost share of g: 88.33.",
            "100.00: a used 100.00 of h in 2021.",
            "-87.50: Less its cost share of h: 87.50.",
        ]
    );
    let balance = words(&book, "balance", "a", "2022-06-01");
    assert_eq!(balance.len(), 7);
    assert_eq!(
        balance[5..],
        [
            "-60.00: Less 60.00 in 1 advances.",
            "-115.83: Less 115.83 in 1 settlement lines."
        ]
    );
    assert_eq!(
        words(&book, "advances", "a", "2022-06-01"),
        ["60.00: Sum: 60.00 in 1 advances."]
    );
}

#[test]
fn without_a_key_the_words_say_what_is_missing() {
    let book = Book::with(&["group h none", "cost h a a1 10", "joint h j1 10"]);
    let explained = explain(&book, "costShare", "a", Some("h"), 2021, "2021-12-31").expect("a row");
    assert_eq!(explained.amount, None);
    let told = words(&book, "costShare", "a", "2021-12-31");
    assert!(
        told[0].starts_with("null: ") && told[0].contains("key none, which has no weights for exactly"),
        "{told:?}"
    );
}
