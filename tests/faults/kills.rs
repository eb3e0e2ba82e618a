//! The process ends at any moment while clients post: SIGKILL at a file operation, or when an answer was heard.

use std::fs;

use rand_chacha::rand_core::Rng as _;

use crate::{
    Row, dice,
    ledger::{Acknowledged, Place},
    posting::expenditure,
    share,
    shim::Shim,
};

#[test]
fn a_killed_server_has_recorded_everything_it_acknowledged() {
    let mut dice = dice("kills");
    let place = Place::new();
    let acknowledged = Acknowledged::default();
    let mut row = Row::default();
    place.serve(&Shim::new()).unwrap().plan(&acknowledged).unwrap();
    for kill in 0..share(12, 120) {
        let run = format!("kill{kill}");
        let what = if kill % 2 == 0 {
            // Amid opening, a write or a sync: half of a write is there.
            let operation = u64::from(dice.next_u32() % 120);
            if let Ok(mut server) = place.serve(&Shim::new().kill(operation)) {
                server.post_until_gone(&run, &acknowledged, |_, _| {});
            }
            format!("killed at operation {operation}")
        } else {
            let answers = dice.next_u32() as usize % 60;
            let mut server = place.serve(&Shim::new()).unwrap();
            server.post_until_gone(&run, &acknowledged, |child, heard| {
                heard.iter().take(answers).for_each(drop);
                child.kill().unwrap();
            });
            format!("killed after {answers} answers")
        };
        row.cases += 1;
        row.acknowledged = acknowledged.all().len() as u64;
        row.lost += place.lost(&acknowledged.all(), &what);
    }
    row.tell("SIGKILL while posting");
}

#[test]
fn a_killed_import_is_there_as_a_whole_or_not_at_all() {
    let mut dice = dice("killed imports");
    let place = Place::new();
    let acknowledged = Acknowledged::default();
    let mut row = Row::default();
    place.serve(&Shim::new()).unwrap().plan(&acknowledged).unwrap();
    let mut before = place.run(&["events"]).events();
    for import in 0..share(4, 40) {
        // Long enough to fill segments before its commit.
        let lines: String = (0..400)
            .map(|line| expenditure(&format!("i{import}-{line}"), 1) + "\n")
            .collect();
        let file = place.path("import.ndjson");
        fs::write(&file, lines).unwrap();
        let operation = u64::from(dice.next_u32() % 60);
        let ran = place.run_with(&Shim::new().kill(operation), &["import", file.to_str().unwrap()]);
        let what = format!("import killed at operation {operation}");
        row.cases += 1;
        row.acknowledged += before.len() as u64;
        row.lost += place.lost(&before, &what);
        let after = place.run(&["events"]).events();
        let more = after.len() - before.len();
        assert!(more == 0 || more == 400, "{what}: {more} events of it");
        if ran.status == Some(0) {
            assert_eq!(more, 400, "{what}, though it said: {}", ran.stdout);
        }
        before = after;
    }
    row.tell("SIGKILL while importing");
}
