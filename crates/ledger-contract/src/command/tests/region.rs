//! A region's commands: what is read, and the faults that only they have.

use ledger_domain::region::{Command as RegionCommand, KeyWeights, RecordCost, SetDistributionKey};
use serde_json::json;

use super::{of_type, pointers, read};
use crate::{
    command::{Action, read_command},
    event::Stream,
    value::{parse_date, parse_entry_id, parse_id, parse_money, parse_municipality},
};

#[test]
fn a_cost_comes_in_whole_and_its_pseudonym_is_a_detail() {
    let text = r#"{"type":"recordCost","region":"zhz","group":"jeugdhulp","municipality":"GM0642","cost":"K/1",
        "year":2021,"amount":"125.50","client":"p-7","document":"F-1","bookingDate":"2021-02-01"}"#;
    let command = read_command(text.as_bytes()).expect("readable");
    assert_eq!(command.stream, Stream::Region(parse_id("zhz").expect("an id")));
    assert!(!command.explained);
    let details = command.details.expect("details");
    assert_eq!(details.client.as_deref(), Some("p-7"));
    assert_eq!(details.document.as_deref(), Some("F-1"));
    let expected = RecordCost {
        group: parse_id("jeugdhulp").expect("an id"),
        municipality: Some(parse_municipality("GM0642").expect("a code")),
        cost: parse_entry_id("K/1").expect("an entry id"),
        year: 2021,
        amount: parse_money("125.50").expect("an amount"),
        client: Some("p-7".to_owned()),
        taakveld: None,
        category: None,
        tags: [].into(),
    };
    assert_eq!(
        command.action,
        Action::Region(RegionCommand::RecordCost(expected))
    );
}

#[test]
fn membership_is_booked_on_its_own_date() {
    for (text, date) in [
        (
            r#"{"type":"admitMunicipality","region":"zhz","municipality":"GM0642","name":"Zwijndrecht","from":"2015-01-01"}"#,
            "2015-01-01",
        ),
        (
            r#"{"type":"mergeMunicipalities","region":"zhz","from":["GM0689","GM1927"],"into":"GM1978","name":"Molenlanden",
            "effectiveOn":"2019-01-01"}"#,
            "2019-01-01",
        ),
    ] {
        let command = read_command(text.as_bytes()).expect("readable");
        assert_eq!(command.booking_date, parse_date(date).expect("a day"));
    }
}

#[test]
fn weights_are_given_or_come_from_costs() {
    let with = |change: &[(&str, serde_json::Value)]| {
        let mut command = of_type("setDistributionKey");
        for (field, value) in change {
            command.insert((*field).to_owned(), value.clone());
        }
        command
    };
    let by_use = json!({ "group": "jeugdhulp", "years": [2020, 2019] });
    let both = read(&with(&[("fromCosts", by_use.clone())]));
    assert_eq!(pointers(&both), ["/weights", "/source"]);

    let null = json!(null);
    let from = read(&with(&[
        ("weights", null.clone()),
        ("source", null),
        ("fromCosts", by_use),
    ]));
    let Ok(Action::Region(RegionCommand::SetDistributionKey(SetDistributionKey {
        weights: KeyWeights::FromCosts(from),
        ..
    }))) = from.map(|command| command.action)
    else {
        panic!("weights from costs");
    };
    assert_eq!(from.years, [2020, 2019]);

    let mut neither = with(&[]);
    neither.remove("weights");
    neither.remove("source");
    assert_eq!(pointers(&read(&neither)), ["/weights", "/source"]);
}

#[test]
fn every_fault_of_a_list_or_map_is_told_where_it_is() {
    for (text, expected) in [
        (
            r#"{"type":"setDistributionKey","region":"z","key":"k","year":2021,"bookingDate":"2021-01-01","source":"CBS",
            "weights":{"GM0642":"1","GM642":"1","GM0505":"1.0000001","GM0482":7,"GM0642":"2","GM0590":"-1"}}"#,
            vec![
                "/weights/GM642",
                "/weights/GM0505",
                "/weights/GM0482",
                "/weights/GM0642",
                "/weights/GM0590",
            ],
        ),
        (
            r#"{"type":"setDistributionKey","region":"z","key":"k","year":2021,"bookingDate":"2021-01-01","source":"CBS",
            "weights":{"GM0642":"0","GM0505":"0.000"}}"#,
            vec!["/weights"],
        ),
        (
            r#"{"type":"setDistributionKey","region":"z","key":"k","year":2021,"bookingDate":"2021-01-01",
            "fromCosts":{"group":"g","years":[2020,2021]}}"#,
            vec!["/fromCosts/years"],
        ),
        (
            r#"{"type":"setDistributionKey","region":"z","key":"k","year":2021,"bookingDate":"2021-01-01",
            "fromCosts":{"group":"g","years":[2020,2020],"x":1}}"#,
            vec!["/fromCosts/years/1", "/fromCosts/x"],
        ),
        (
            r#"{"type":"schedulePhaseOut","region":"z","group":"g","bookingDate":"2021-01-01",
            "decision":{"reference":"r","by":"joint-body","decidedOn":"2020-03-19"},
            "steps":[{"year":2021,"degree":"4/3"},{"year":2022,"degree":"0.5"},{"year":2022,"degree":"0"},{}]}"#,
            vec!["/steps/0/degree", "/steps/3/year", "/steps/3/degree"],
        ),
        (
            r#"{"type":"schedulePhaseOut","region":"z","group":"g","bookingDate":"2021-01-01",
            "decision":{"reference":"r","by":"joint-body","decidedOn":"2020-03-19"},
            "steps":[{"year":2022,"degree":"0.5"},{"year":2022,"degree":"0"}]}"#,
            vec!["/steps/1/year"],
        ),
        (
            r#"{"type":"schedulePhaseOut","region":"z","group":"g","bookingDate":"2021-01-01",
            "decision":{"reference":"r","by":"joint-body","decidedOn":"2020-03-19"},"steps":[]}"#,
            vec!["/steps"],
        ),
        (
            r#"{"type":"budgetCosts","region":"z","group":"g","year":2021,"bookingDate":"2021-01-01","amounts":{},
            "decision":{"reference":"r","by":"joint-body","decidedOn":"2020-03-19"}}"#,
            vec!["/amounts"],
        ),
        (
            r#"{"type":"mergeMunicipalities","region":"z","from":["GM0689","GM0689"],"into":"GM1978","name":"Molenlanden",
            "effectiveOn":"2019-01-02"}"#,
            vec!["/effectiveOn", "/from/1"],
        ),
        (
            r#"{"type":"recordCost","region":"z","group":"g","cost":"K1","year":2021,"amount":"1.00","client":"p",
            "bookingDate":"2021-01-01"}"#,
            vec!["/client"],
        ),
    ] {
        assert_eq!(pointers(&read_command(text.as_bytes())), expected, "{text}");
    }
}
