//! A disk that takes its time: while a commit is not durable nobody is told of it, and nobody sees any of it.

use std::{
    fs::{self, File},
    thread,
};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::{
    Row,
    ledger::{Acknowledged, Place, spent_in},
    posting::expenditure,
    shim::Shim,
};

const REPORT: &str = "/v1/programmes/p/budget-position";

#[test]
fn a_commit_in_a_slow_sync_is_not_seen_and_changes_no_answer_later() {
    let (place, acknowledged) = (Place::new(), Acknowledged::default());
    let hold = place.path("hold");
    fs::create_dir(&hold).unwrap();
    let server = place.serve(&Shim::new().hold(&hold)).unwrap();
    server.plan(&acknowledged).unwrap();
    server.spend("first", &acknowledged).unwrap();
    let at = |position: u64| format!("{REPORT}?knownAt={position}");
    let mut row = Row::default();
    for case in 0..3 {
        let seen = server.get("/v1/health/live").unwrap()["logPosition"]
            .as_u64()
            .unwrap();
        let before = server.get(&at(seen)).unwrap();
        for pipe in ["reached", "go"] {
            mknodat(CWD, hold.join(pipe), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        }
        let batch: String = (0..7)
            .map(|line| expenditure(&format!("slow{case}-{line}"), 100) + "\n")
            .collect();
        let (posted, reported) = thread::scope(|scope| {
            let posting = scope.spawn(|| server.post("batch", &batch));
            // Opens when the sync of the tape has begun.
            drop(File::open(hold.join("reached")).unwrap());
            fs::remove_file(hold.join("reached")).unwrap();
            // Asked in the middle; it may be answered before the commit, or after it, but not with half of it.
            let report = scope.spawn(|| server.get(REPORT));
            let live = server.get("/v1/health/live").unwrap();
            assert_eq!(live["logPosition"].as_u64(), Some(seen));
            let events = server.get(&format!("/v1/events?after={}", seen - 1)).unwrap();
            assert_eq!(events["events"].as_array().unwrap().len(), 0, "{events}");
            assert_eq!(server.get(&at(seen)).unwrap(), before);
            assert!(!posting.is_finished(), "acknowledged before it was durable");
            drop(File::options().write(true).open(hold.join("go")).unwrap());
            fs::remove_file(hold.join("go")).unwrap();
            (posting.join().unwrap().unwrap(), report.join().unwrap().unwrap())
        });
        assert_eq!(posted["logPosition"].as_u64(), Some(seen + 7));
        let more = spent_in(&reported) - spent_in(&before);
        assert!(more == 0 || more == 700, "{more} cents of the batch");
        // The answer that was given in the middle is given again for its position.
        let again = server
            .get(&at(reported["logPosition"].as_u64().unwrap()))
            .unwrap();
        assert_eq!(again["totals"], reported["totals"]);
        assert_eq!(again["root"], reported["root"]);
        assert_eq!(server.get(&at(seen)).unwrap(), before);
        row.cases += 1;
    }
    server.kill();
    row.acknowledged = acknowledged.all().len() as u64;
    row.lost = place.lost(&acknowledged.all(), "after slow syncs");
    row.tell("batch and report during a slow fdatasync");
}
