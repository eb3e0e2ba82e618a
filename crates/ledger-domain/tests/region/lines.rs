//! Random commands, as lines.

use crate::book::Book;
use proptest::prelude::*;

/// A command for a region of a to e with groups g (by key k) and h (by key l, stop-loss), many of them refused.
pub(crate) fn line() -> impl Strategy<Value = String> {
    let member = prop::sample::select(vec!["a", "b", "c", "d", "e"]);
    let group = prop::sample::select(vec!["g", "h"]);
    let year = 2020..=2022_u16;
    let day = (2020..=2023_u16, 1..=12_u8, 1..=28_u8).prop_map(|(y, m, d)| format!("@{y}-{m:02}-{d:02}"));
    let client = prop::sample::select(vec!["", "client=anna", "client=bert"]);
    let number = 0..12_u8;
    let cents = prop_oneof![1..=9_i64, 1..=30_000_i64].prop_map(|c| format!("{}.{:02}", c / 100, c % 100));
    let key = prop::sample::select(vec!["k", "l"]);
    let weights = prop::collection::vec(0..4_u8, 5);
    let costs = (
        group.clone(),
        member.clone(),
        number.clone(),
        cents.clone(),
        year.clone(),
        client,
        day.clone(),
    )
        .prop_map(|(g, m, n, c, y, client, day)| format!("cost {g} {m} c{n} {c} year={y} {client} {day}"));
    prop_oneof![
        12 => costs,
        3 => (group.clone(), number.clone(), cents.clone(), year.clone(), day.clone())
            .prop_map(|(g, n, c, y, day)| format!("joint {g} j{n} {c} year={y} {day}")),
        6 => (number.clone(), number.clone(), any::<bool>(), cents.clone(), day.clone())
            .prop_map(|(n, k, minus, c, day)| format!("correct c{n} k{k} {}{c} {day}", if minus { "-" } else { "" })),
        3 => (number.clone(), day.clone()).prop_map(|(n, day)| format!("reverse c{n} {day}")),
        3 => (key.clone(), year.clone(), weights, 3..=5_usize, day.clone()).prop_map(|(k, y, w, n, day)| {
            let weights: Vec<String> = "abcde"
                .chars()
                .zip(w)
                .filter(|(member, _)| n == 5 || (*member != 'd' && *member != 'e') || (n == 4 && *member == 'd'))
                .map(|(member, weight)| format!("{member}:{weight}"))
                .collect();
            format!("key {k} {y} {} {day}", weights.join(","))
        }),
        1 => (key, year.clone(), group.clone(), day.clone())
            .prop_map(|(k, y, g, day)| format!("weigh {k} {y} {g} {} {day}", y - 1)),
        2 => (group.clone(), year.clone(), 0..=3_u8, day.clone())
            .prop_map(|(g, y, p, day)| format!("schedule {g} {y}:{p}/3 {day}")),
        2 => (year.clone(), member.clone(), number, cents.clone(), day.clone())
            .prop_map(|(y, m, n, c, day)| format!("advance {y} {m} v{n} {c} {day}")),
        2 => (group, year.clone(), member, cents, day.clone())
            .prop_map(|(g, y, m, c, day)| format!("budget {g} {y} {m}:{c} joint=0.01 {day}")),
        2 => (year, 0..6_u8, day).prop_map(|(y, s, day)| format!("settle {y} s{s} {day}")),
        1 => Just("merge b d 2021-01-01".to_owned()),
        1 => Just("merge a,b e 2022-01-01".to_owned()),
        1 => Just("close 2020-03-31".to_owned()),
    ]
}

/// The region that they are made for.
pub(crate) fn region() -> Book {
    Book::empty(&[
        "admit a",
        "admit b",
        "admit c",
        "group g k",
        "group h l threshold=50",
        "key k 2020 a:1,b:1,c:1 @2020-01-01",
        "key l 2020 a:3,b:0,c:2.5 @2020-01-01",
        "key k 2021 a:1,b:1,c:1 @2020-01-01",
        "key l 2021 a:3,b:0,c:2.5 @2020-01-01",
    ])
}
