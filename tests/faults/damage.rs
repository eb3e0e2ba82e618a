//! Flipped and cut bytes at many places: never a wrong figure, never a panic, always a sentence that names what is
//! damaged and what to do.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rand_chacha::{ChaCha8Rng, rand_core::Rng as _};
use serde_json::Value;

use crate::{
    Row, dice,
    journal::files,
    ledger::{Acknowledged, Place, Ran},
    share,
    shim::Shim,
};

/// A ledger that was closed in order, its events, and its report.
struct Whole {
    place: Place,
    acknowledged: Vec<Value>,
    events: String,
    report: String,
}

const REPORT: [&str; 5] = ["report", "budget-position", "p", "--format", "json"];

fn whole() -> Whole {
    let place = Place::new();
    let acknowledged = Acknowledged::default();
    let mut server = place.serve(&Shim::new()).unwrap();
    server.plan(&acknowledged).unwrap();
    server.post_until_gone("whole", &acknowledged, |child, heard| {
        heard.iter().take(120).for_each(drop);
        child.kill().unwrap();
    });
    // Its connections break before it lets go of the directory.
    server.kill();
    let events = place.run(&["events"]);
    assert_eq!(events.status, Some(0), "{}", events.stderr);
    let report = figures(&place.run(&REPORT));
    Whole {
        acknowledged: acknowledged.all(),
        place,
        events: events.stdout,
        report,
    }
}

/// A report without the day it was asked on.
fn figures(ran: &Ran) -> String {
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    format!("{} {}", report["totals"], report["projects"])
}

/// A copy of the data directory to damage.
fn copy(whole: &Whole) -> Place {
    let place = Place::new();
    for (path, bytes) in files(&whole.place.data()) {
        let to = place.data().join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    place
}

/// Damages one file below a folder; says how.
fn damage(folder: &Path, dice: &mut ChaCha8Rng) -> (PathBuf, String) {
    let files: Vec<_> = files(folder)
        .into_iter()
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect();
    let (path, mut bytes) = files[dice.next_u32() as usize % files.len()].clone();
    // Filler behind the last line is no part of what is kept.
    let used = bytes
        .iter()
        .rposition(|byte| *byte != b'\n')
        .map_or(1, |last| last + 2)
        .min(bytes.len());
    let at = dice.next_u32() as usize % used;
    let end = (at + 1 + dice.next_u32() as usize % 2_000).min(bytes.len());
    let how = match dice.next_u32() % 8 {
        0..4 => {
            bytes[at] ^= 1 << (dice.next_u32() % 8);
            format!("a bit of byte {at} flipped")
        }
        4 => {
            bytes.truncate(at);
            format!("cut to {at} bytes")
        }
        5 => {
            bytes[at..end].fill(0);
            format!("zeros from {at} to {end}")
        }
        6 => {
            bytes[at..end]
                .iter_mut()
                .for_each(|byte| *byte = dice.next_u32().to_le_bytes()[0]);
            format!("noise from {at} to {end}")
        }
        _ => {
            bytes.drain(at..end);
            format!("bytes {at} to {end} taken out")
        }
    };
    let full = folder.join(&path);
    if dice.next_u32().is_multiple_of(16) {
        fs::remove_file(&full).unwrap();
        return (full.clone(), format!("{} removed", full.display()));
    }
    fs::write(&full, bytes).unwrap();
    (full.clone(), format!("{}: {how}", full.display()))
}

/// It ended in order: right, or refused with a sentence, and nothing was shown that is wrong.
fn in_order(ran: &Ran, whole: &Whole, what: &str) {
    assert!(matches!(ran.status, Some(0 | 3)), "{what}: {ran:?}");
    assert!(
        !ran.stderr.contains("the program failed"),
        "{what}: {}",
        ran.stderr
    );
    assert!(
        whole.events.starts_with(&ran.stdout),
        "{what}: shows what is not so"
    );
    if ran.status == Some(0) {
        assert!(
            ran.stdout == whole.events,
            "{what}: {} is not everything",
            ran.stdout.len()
        );
    } else {
        assert!(ran.stderr.contains("error: "), "{what}: {}", ran.stderr);
    }
}

#[test]
fn damaged_sled_is_made_anew() {
    let mut dice = dice("damaged sled");
    let (whole, mut row) = (whole(), Row::default());
    for _ in 0..share(16, 200) {
        let place = copy(&whole);
        let (_, what) = damage(&place.data().join("sled"), &mut dice);
        let opened = place.run(&["events"]);
        in_order(&opened, &whole, &what);
        assert_eq!(opened.status, Some(0), "{what}: {}", opened.stderr);
        assert_eq!(figures(&place.run(&REPORT)), whole.report, "{what}");
        row.cases += 1;
        row.acknowledged += whole.acknowledged.len() as u64;
        row.lost += place.lost(&whole.acknowledged, &what);
    }
    row.tell("flipped, cut, zeroed and missing bytes in sled");
}

#[test]
fn a_damaged_tape_is_refused_and_repaired() {
    let mut dice = dice("damaged tape");
    let (whole, mut row, mut found) = (whole(), Row::default(), 0);
    for _ in 0..share(16, 200) {
        let place = copy(&whole);
        let (file, what) = damage(&place.data().join("tape"), &mut dice);
        let verified = place.run(&["verify"]);
        assert!(
            matches!(verified.status, Some(0 | 1)),
            "{what}: {}",
            verified.stderr
        );
        let opened = place.run(&["events"]);
        in_order(&opened, &whole, &what);
        if verified.status == Some(1) {
            found += 1;
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(verified.stderr.contains(name), "{what}: {}", verified.stderr);
            assert!(
                verified.stderr.contains("rekenschap repair"),
                "{what}: {}",
                verified.stderr
            );
        }
        // Opened all the same, the right leaves were read from sled.
        if opened.status == Some(3) {
            assert_eq!(verified.status, Some(1), "{what}");
            assert!(opened.stderr.contains("is damaged"), "{what}: {}", opened.stderr);
        }
        let repaired = place.run(&["repair"]);
        assert_eq!(repaired.status, Some(0), "{what}: {}", repaired.stderr);
        let after = place.run(&["events"]);
        assert_eq!(after.status, Some(0), "{what}: {}", after.stderr);
        same_but_lost_details(&whole.events, &after.stdout, &repaired.stderr, &what);
        assert_eq!(figures(&place.run(&REPORT)), whole.report, "{what}");
        assert_eq!(place.run(&["verify"]).status, Some(0), "{what}");
        row.cases += 1;
        row.acknowledged += whole.acknowledged.len() as u64;
    }
    println!(
        "{found} of {} were found; the others changed no byte of a line",
        row.cases
    );
    assert!(found * 2 > row.cases);
    row.tell("flipped, cut, zeroed and missing bytes in the tape, repaired");
}

/// Leaves are the same; details are the same, or null where the repair said so.
fn same_but_lost_details(before: &str, after: &str, told: &str, what: &str) {
    assert_eq!(before.lines().count(), after.lines().count(), "{what}");
    for (was, is) in before.lines().zip(after.lines()).filter(|(was, is)| was != is) {
        let mut blank: Value = serde_json::from_str(was).unwrap();
        blank["details"] = Value::Null;
        assert_eq!(blank, serde_json::from_str::<Value>(is).unwrap(), "{what}");
        assert!(told.contains("are blank now"), "{what}: {told}");
    }
}

#[test]
fn damage_of_both_is_refused_or_harmless() {
    let mut dice = dice("damaged tape and sled");
    let (whole, mut row) = (whole(), Row::default());
    for _ in 0..share(8, 100) {
        let place = copy(&whole);
        let (_, tape) = damage(&place.data().join("tape"), &mut dice);
        let (_, sled) = damage(&place.data().join("sled"), &mut dice);
        let what = format!("{tape}; {sled}");
        let opened = place.run(&["events"]);
        assert!(matches!(opened.status, Some(0 | 3)), "{what}: {opened:?}");
        assert!(
            !opened.stderr.contains("the program failed"),
            "{what}: {}",
            opened.stderr
        );
        assert!(
            whole.events.starts_with(&opened.stdout),
            "{what}: shows what is not so"
        );
        if opened.status == Some(0) && opened.stdout != whole.events {
            // The last group alone, with nobody left who knows of it but a checkpoint: it is told that it was cut.
            assert!(
                opened.stderr.contains("sled could not be asked about"),
                "{what}: {}",
                opened.stderr
            );
        }
        let repaired = place.run(&["repair"]);
        assert!(
            matches!(repaired.status, Some(0 | 3)),
            "{what}: {}",
            repaired.stderr
        );
        row.cases += 1;
        row.acknowledged += whole.acknowledged.len() as u64;
    }
    row.tell("damage of tape and sled at once: refused, or told");
}

#[test]
fn a_last_group_that_only_a_checkpoint_knows_of_is_missed() {
    let whole = whole();
    let (place, kept) = (copy(&whole), whole.place.path("kept"));
    let made = place.run(&["checkpoint"]);
    assert_eq!(made.status, Some(0), "{}", made.stderr);
    fs::write(&kept, &made.stdout).unwrap();
    let key = place.run(&["checkpoint", "--public-key"]).stdout;
    let segment = fs::read_dir(place.data().join("tape")).unwrap();
    let segment = segment.map(|file| file.unwrap().path()).max().unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    let last = bytes.iter().rposition(|byte| *byte != b'\n').unwrap();
    bytes[last] ^= 1;
    let damaged = bytes;
    fs::write(&segment, &damaged).unwrap();
    fs::remove_dir_all(place.data().join("sled")).unwrap();
    // The newest checkpoint in the directory tells.
    let opened = place.run(&["events"]);
    assert_eq!(opened.status, Some(3), "{}", opened.stderr);
    assert!(opened.stderr.contains("checkpoint"), "{}", opened.stderr);
    assert_eq!(place.run(&["verify"]).status, Some(1));
    assert_eq!(place.run(&["repair"]).status, Some(3));
    assert!(fs::read(&segment).unwrap() == damaged, "nothing was changed");
    // Without that one, whoever kept it elsewhere.
    fs::remove_file(place.data().join("checkpoint")).unwrap();
    let opened = place.run(&["events"]);
    assert_eq!(opened.status, Some(0), "{}", opened.stderr);
    assert!(
        opened.stderr.contains("sled could not be asked about"),
        "{}",
        opened.stderr
    );
    let verified = place.run(&[
        "verify",
        "--checkpoint",
        kept.to_str().unwrap(),
        "--key",
        key.trim(),
    ]);
    assert_eq!(verified.status, Some(1), "{}", verified.stderr);
    assert!(verified.stderr.contains("the log was cut"), "{}", verified.stderr);
}
