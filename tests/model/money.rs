//! Amounts as plain numbers of cents, and the two divisions, written slowly.

use std::collections::BTreeMap;

use serde_json::Value;

/// Who pays how much; what comes to nothing is left out.
pub(crate) type Parts = BTreeMap<String, i128>;

/// Cents of an amount as the contract writes it.
pub(crate) fn cents(amount: &Value) -> i128 {
    cents_of(amount.as_str().unwrap())
}

pub(crate) fn cents_of(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    sign * digits.replace('.', "").parse::<i128>().unwrap()
}

/// The same, none for null.
pub(crate) fn known(amount: &Value) -> Option<i128> {
    amount.as_str().map(cents_of)
}

pub(crate) fn written(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// `numerators` over one denominator, rounded to whole numbers that sum to `total`: all down, then one more for each of
/// the largest remainders, the first of equals. For a total below zero the mirror image.
pub(crate) fn round(total: i128, numerators: &[i128], denominator: i128) -> Vec<i128> {
    if total < 0 {
        let mirrored: Vec<i128> = numerators.iter().map(|numerator| -numerator).collect();
        return round(-total, &mirrored, denominator)
            .iter()
            .map(|part| -part)
            .collect();
    }
    let mut parts: Vec<i128> = numerators.iter().map(|n| n.div_euclid(denominator)).collect();
    let mut given = vec![false; parts.len()];
    while parts.iter().sum::<i128>() < total {
        let remainder = |at: usize| numerators[at].rem_euclid(denominator);
        let mut best = None;
        for at in (0..parts.len()).filter(|at| !given[*at]) {
            if best.is_none_or(|best| remainder(at) > remainder(best)) {
                best = Some(at);
            }
        }
        let at = best.unwrap();
        given[at] = true;
        parts[at] += 1;
    }
    parts
}

/// `total` divided as the weights are.
pub(crate) fn apportion(total: i128, weights: &[i128]) -> Vec<i128> {
    let numerators: Vec<i128> = weights.iter().map(|weight| total * weight).collect();
    round(total, &numerators, weights.iter().sum())
}

/// `total` divided as `over` is, signs aside.
pub(crate) fn in_proportion(total: i128, over: &Parts) -> Parts {
    if over.is_empty() {
        return Parts::new();
    }
    let weights: Vec<i128> = over.values().map(|part| part.abs()).collect();
    let parts = over.keys().cloned().zip(apportion(total, &weights));
    parts.filter(|(_, part)| *part != 0).collect()
}

pub(crate) fn add(parts: &mut Parts, more: &Parts, sign: i128) {
    for (source, part) in more {
        *parts.entry(source.clone()).or_default() += sign * part;
    }
    parts.retain(|_, part| *part != 0);
}

/// Numerator and denominator of `"2/3"`, `"0.75"` or `"1"`.
pub(crate) fn fraction(text: &str) -> (i128, i128) {
    let whole = |digits: &str| digits.parse::<i128>().unwrap();
    match (text.split_once('/'), text.split_once('.')) {
        (Some((above, below)), _) => (whole(above), whole(below)),
        (_, Some((units, decimals))) => {
            let below = decimals.chars().fold(1, |below, _| below * 10);
            (whole(units) * below + whole(decimals), below)
        }
        _ => (whole(text), 1),
    }
}
