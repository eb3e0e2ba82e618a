//! A full disk, and a file system that turns read-only: postings are refused, everything is read, nothing is lost.

use rand_chacha::rand_core::Rng as _;

use crate::{
    Row, dice,
    ledger::{Acknowledged, NotTaken, Place, Server, missing},
    mount::Mounted,
    share,
    shim::Shim,
};

/// Posts until the disk is full; then postings are refused with a sentence, and questions are answered.
fn fill(server: &mut Server, acknowledged: &Acknowledged) {
    if server.plan(acknowledged).is_ok() {
        server.post_until_gone("full", acknowledged, |_, _| {});
    }
    let refused = server.spend("one-more", acknowledged);
    let Err(NotTaken::Refused(503, said)) = refused else {
        panic!("{refused:?}")
    };
    assert!(said.contains("unavailable"), "{said}");
    assert!(matches!(
        server.get("/v1/health/ready"),
        Err(NotTaken::Refused(503, _))
    ));
    server.get("/v1/events?limit=1").unwrap();
}

/// Opens it while the disk is full: everything acknowledged is read, and it says what is the matter.
fn read_while_full(place: &Place, shim: &Shim, acknowledged: &Acknowledged, what: &str) -> u64 {
    let read = place.run_with(shim, &["events"]);
    assert_eq!(read.status, Some(0), "{what}: {}", read.stderr);
    missing(&read.events(), &acknowledged.all())
}

#[test]
fn a_full_disk_refuses_postings_and_is_read() {
    let mut dice = dice("full disk");
    let mut row = Row::default();
    for case in 0..share(5, 30) {
        let bytes = 150_000 + u64::from(dice.next_u32() % 150_000);
        let what = format!("case {case}, full after {bytes} bytes");
        let (place, acknowledged) = (Place::new(), Acknowledged::default());
        let mut server = place.serve(&Shim::new().disk_bytes(bytes)).unwrap();
        fill(&mut server, &acknowledged);
        if case % 2 == 0 {
            server.stop();
        } else {
            server.kill();
        }
        let full = Shim::new().disk_bytes(0);
        row.lost += read_while_full(&place, &full, &acknowledged, &what);
        // The store that is read is made anew, or would be if there were room.
        std::fs::remove_dir_all(place.data().join("sled")).unwrap();
        row.lost += read_while_full(&place, &full, &acknowledged, &what);
        row.cases += 1;
        row.acknowledged += acknowledged.all().len() as u64;
        row.lost += place.lost(&acknowledged.all(), &what);
        let server = place.serve(&Shim::new()).unwrap();
        server.spend("room-again", &acknowledged).unwrap();
    }
    row.tell("full disk while posting and opening (shim)");
}

#[test]
fn a_full_file_system_refuses_postings_and_is_read() {
    let name = "full disk while posting and opening (tmpfs)";
    let mut row = Row::default();
    for size in (0..share(2, 10)).map(|case| 1_000 + case * 37) {
        let size = format!("size={size}k");
        let Some(mounted) = Mounted::new(name, &["-t", "tmpfs", "-o", &size, "tmpfs"]) else {
            return;
        };
        let (place, acknowledged) = (Place::at(mounted.path()), Acknowledged::default());
        let mut server = place.serve(&Shim::new()).unwrap();
        fill(&mut server, &acknowledged);
        server.stop();
        row.lost += read_while_full(&place, &Shim::new(), &acknowledged, &size);
        mounted.remount("size=16m");
        row.cases += 1;
        row.acknowledged += acknowledged.all().len() as u64;
        row.lost += place.lost(&acknowledged.all(), &size);
        let server = place.serve(&Shim::new()).unwrap();
        server.spend("room-again", &acknowledged).unwrap();
        server.stop();
    }
    row.tell(name);
}

#[test]
fn a_file_system_that_turns_read_only_is_read() {
    let name = "read-only remount while serving";
    let Some(mounted) = Mounted::new(name, &["-t", "tmpfs", "-o", "size=32m", "tmpfs"]) else {
        return;
    };
    let (place, acknowledged) = (Place::at(mounted.path()), Acknowledged::default());
    let server = place.serve(&Shim::new()).unwrap();
    server.plan(&acknowledged).unwrap();
    server.spend("before", &acknowledged).unwrap();
    server.kill();
    mounted.remount("ro");
    let read = place.run(&["events"]);
    assert_eq!(read.status, Some(0), "{}", read.stderr);
    assert!(read.stderr.contains("takes no postings"), "{}", read.stderr);
    let mut row = Row {
        cases: 1,
        acknowledged: acknowledged.all().len() as u64,
        lost: missing(&read.events(), &acknowledged.all()),
    };
    let server = place.serve(&Shim::new()).unwrap();
    let refused = server.spend("while", &acknowledged);
    assert!(matches!(refused, Err(NotTaken::Refused(503, _))), "{refused:?}");
    assert_eq!(
        server.get("/v1/events").unwrap()["events"]
            .as_array()
            .map(Vec::len),
        Some(5)
    );
    server.stop();
    mounted.remount("rw");
    row.lost += place.lost(&acknowledged.all(), "writable again");
    place
        .serve(&Shim::new())
        .unwrap()
        .spend("after", &acknowledged)
        .unwrap();
    row.tell(name);
}
