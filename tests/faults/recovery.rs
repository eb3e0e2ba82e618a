//! A crash and a power cut right after each step of opening a crashed ledger, of making sled anew, and of a repair.

use std::{fs, path::Path};

use crate::{
    Row, dice,
    journal::{Kept, Replay},
    ledger::{Acknowledged, Place},
    share,
    shim::Shim,
};

/// A ledger whose server was killed, so that recovery has something to do; and what was acknowledged.
fn crashed(acknowledged: &Acknowledged) -> Place {
    let place = Place::new();
    let mut server = place.serve(&Shim::new()).unwrap();
    server.plan(acknowledged).unwrap();
    server.post_until_gone("before", acknowledged, |child, heard| {
        heard.iter().take(50).for_each(drop);
        child.kill().unwrap();
    });
    place
}

/// Runs a command in a place, and ends it after every one of its operations in turn, by a crash or by a power cut.
fn cut_everywhere(row: &mut Row, place: &Place, run: &[&str], again: bool, acknowledged: &Acknowledged) {
    let mut dice = dice(&format!("{run:?} cut everywhere"));
    let journal = place.path("journal");
    let mut replay = Replay::of(&place.data());
    let ran = place.run_with(&Shim::new().journal(&journal), run);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    replay.load(&journal);
    fs::remove_file(&journal).unwrap();
    let (operations, all) = (replay.operations(), acknowledged.all());
    let step = operations.div_ceil(usize::try_from(share(8, 60)).unwrap());
    for cut in (1..=operations).step_by(step) {
        replay.go_on_to(cut);
        for kept in [Kept::All, Kept::Nothing, Kept::Some] {
            let after = Place::new();
            replay.cut(&after.data(), kept, &mut dice);
            let what = format!("{run:?} cut after operation {cut}, kept: {kept:?}");
            if again {
                let ran = after.run(run);
                assert_eq!(ran.status, Some(0), "{what}: {}", ran.stderr);
            }
            row.cases += 1;
            row.acknowledged += all.len() as u64;
            row.lost += after.lost(&all, &what);
        }
    }
}

fn last_segment(data: &Path) -> std::path::PathBuf {
    let files = fs::read_dir(data.join("tape")).unwrap();
    files.map(|file| file.unwrap().path()).max().unwrap()
}

#[test]
fn opening_may_end_anywhere() {
    let acknowledged = Acknowledged::default();
    let place = crashed(&acknowledged);
    // What a posting leaves that was never acknowledged: right behind the last line.
    let segment = last_segment(&place.data());
    let mut bytes = fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != b'\n').unwrap() + 2;
    bytes.resize(bytes.len().max(end + 700), b'\n');
    bytes[end..end + 600].fill(b'x');
    fs::write(&segment, bytes).unwrap();
    let mut row = Row::default();
    cut_everywhere(&mut row, &place, &["events"], false, &acknowledged);
    row.tell("crash or power cut at each step of opening after a crash");
}

#[test]
fn making_sled_anew_may_end_anywhere() {
    let acknowledged = Acknowledged::default();
    let place = crashed(&acknowledged);
    fs::write(place.data().join("sled/db"), b"nothing that sled knows").unwrap();
    let mut row = Row::default();
    cut_everywhere(&mut row, &place, &["events"], false, &acknowledged);
    row.tell("crash or power cut at each step of making sled anew");
}

#[test]
fn a_repair_may_end_anywhere() {
    let acknowledged = Acknowledged::default();
    let place = crashed(&acknowledged);
    // sled learns of everything when the ledger is closed.
    assert_eq!(place.run(&["events"]).status, Some(0));
    let segments = fs::read_dir(place.data().join("tape")).unwrap();
    for segment in segments.map(|file| file.unwrap().path()) {
        let mut bytes = fs::read(&segment).unwrap();
        bytes[60] ^= 1;
        fs::write(&segment, bytes).unwrap();
    }
    assert_eq!(place.run(&["events"]).status, Some(3));
    let mut row = Row::default();
    cut_everywhere(&mut row, &place, &["repair"], true, &acknowledged);
    row.tell("crash or power cut at each step of a repair");
}
