//! The record on the command line: events as contracted, leaves as hashed, `verify` and what it says of damage.

use std::fs;

use serde_json::Value;

use crate::harness::{PLAN, Place, expenditure};

#[test]
fn events_are_the_leaves_with_their_details() {
    let place = Place::new();
    place
        .import(&format!("{PLAN}{}", expenditure("e1", "1.00")), &[])
        .with_status(0);
    let events = place.run_here(&["events"]).with_status(0).stdout;
    let leaves = place.run_here(&["events", "--leaves"]).with_status(0).stdout;
    assert_eq!(events.lines().count(), 5);
    for ((position, event), leaf) in (0..).zip(events.lines()).zip(leaves.lines()) {
        let mut event: Value = serde_json::from_str(event).expect("JSON");
        assert_eq!(event["position"], position);
        let details = event
            .as_object_mut()
            .expect("an object")
            .remove("details")
            .expect("always present");
        assert_eq!(details["supplier"] == "S", position == 4);
        assert_eq!(event, serde_json::from_str::<Value>(leaf).expect("JSON"));
    }
    let some = place
        .run_here(&["events", "--after", "1", "--limit", "2"])
        .with_status(0)
        .stdout;
    let expected: Vec<&str> = events.lines().skip(2).take(2).collect();
    assert_eq!(some.lines().collect::<Vec<_>>(), expected);
    let none = place.run_here(&["events", "--after", "5"]).with_status(1);
    assert!(none.stderr.contains("invalid-input"), "{}", none.stderr);
}

#[test]
fn verify_counts_what_it_checked() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let verified = place.run_here(&["verify"]).with_status(0);
    assert!(verified.stdout.contains("\nevents 4\n"), "{}", verified.stdout);
    assert!(verified.stdout.ends_with("all is right\n"), "{}", verified.stdout);
    assert_eq!(verified.stderr, "");
}

#[test]
fn damage_is_told_in_sentences_and_never_opened() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    place.import(&expenditure("e1", "1.00"), &[]).with_status(0);
    let tape = place.path("data/tape");
    let segment = tape
        .read_dir()
        .expect("a directory")
        .next()
        .expect("a segment")
        .expect("an entry")
        .path();
    let mut bytes = fs::read(&segment).expect("readable");
    let at = find(&bytes, b"600.00").expect("the amount");
    bytes[at] = b'9';
    fs::write(&segment, bytes).expect("written");
    let verified = place.run_here(&["verify"]).with_status(1);
    assert!(
        verified
            .stderr
            .contains(&format!("{} at byte", segment.display())),
        "{}",
        verified.stderr
    );
    assert!(
        verified.stderr.trim_end().ends_with("wrong"),
        "{}",
        verified.stderr
    );
    assert!(
        verified.stderr.contains("`rekenschap repair`"),
        "{}",
        verified.stderr
    );
    assert!(
        !verified.stderr.contains("remove the folder"),
        "{}",
        verified.stderr
    );
    // The store that is read is made from the tape, so without it the damage stands in the way of opening.
    fs::remove_dir_all(place.path("data/sled")).expect("removed");
    let opened = place.run_here(&["events"]).with_status(3);
    assert!(opened.stderr.contains("is damaged"), "{}", opened.stderr);
    assert_eq!(opened.stdout, "");
}

#[test]
fn the_last_posting_s_damage_is_refused_and_repaired() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    place.import(&expenditure("e1", "600.00"), &[]).with_status(0);
    let before = place.run_here(&["events"]).with_status(0).stdout;
    let segment = place.path("data/tape/00000000000000000000.tape");
    let whole = fs::read(&segment).expect("readable");
    let mut bytes = whole.clone();
    let at = bytes
        .windows(6)
        .rposition(|window| window == b"600.00")
        .expect("the amount");
    bytes[at] = b'9';
    fs::write(&segment, bytes).expect("written");
    let opened = place.run_here(&["events"]).with_status(3);
    assert!(opened.stderr.contains("position 4 "), "{}", opened.stderr);
    let verified = place.run_here(&["verify"]).with_status(1);
    for text in [&opened.stderr, &verified.stderr] {
        assert!(text.contains("`rekenschap repair`"), "{text}");
        assert!(!text.contains("remove the folder"), "{text}");
        assert!(!text.contains("never acknowledged"), "{text}");
    }
    let repaired = place.run_here(&["repair"]).with_status(0);
    assert_eq!(repaired.stdout, "repaired 1 file: the ledger has 5 events\n");
    assert!(repaired.stderr.contains("aside"), "{}", repaired.stderr);
    assert!(fs::read(&segment).expect("readable") == whole);
    place.run_here(&["verify"]).with_status(0);
    assert_eq!(place.run_here(&["events"]).with_status(0).stdout, before);
    let again = place.run_here(&["repair"]).with_status(0);
    assert_eq!(again.stdout, "nothing to repair: the ledger has 5 events\n");
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}
