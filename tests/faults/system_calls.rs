//! A running server whose n-th write, sync, creation, renaming or removal of a file fails, the tape's and sled's.

use rand_chacha::rand_core::Rng as _;
use rustix::io::Errno;

use crate::{
    Row, dice,
    ledger::{Acknowledged, NotTaken, Place},
    share,
    shim::Shim,
};

#[test]
fn a_failing_disk_stops_postings_and_loses_none() {
    let mut dice = dice("failing calls");
    let (mut row, mut poisoned) = (Row::default(), 0);
    for _ in 0..share(10, 100) {
        let operation = u64::from(dice.next_u32() % 90);
        let error = [Errno::IO, Errno::NOSPC][dice.next_u32() as usize % 2];
        let what = format!("operation {operation} fails with {error:?}");
        let (place, acknowledged) = (Place::new(), Acknowledged::default());
        match place.serve(&Shim::new().fail(operation, error)) {
            Err(ran) => {
                assert_eq!(ran.status, Some(3), "{what}: {}", ran.stderr);
                assert!(ran.stderr.contains("error: "), "{what}: {}", ran.stderr);
            }
            Ok(mut server) => {
                let _ = server.plan(&acknowledged);
                let _ = server.get("/v1/log/checkpoint");
                server.post_until_gone("a", &acknowledged, |child, heard| {
                    // The clients end by themselves when the tape failed; after so many answers it was sled that did.
                    if heard.iter().take(60).count() == 60 {
                        child.kill().unwrap();
                    }
                });
                if let Err(NotTaken::Refused(status, _)) = server.get("/v1/health/ready") {
                    poisoned += 1;
                    assert_eq!(status, 503, "{what}");
                    let refused = server.spend("after", &acknowledged);
                    assert!(
                        matches!(refused, Err(NotTaken::Refused(503, _))),
                        "{what}: {refused:?}"
                    );
                    // Questions are answered still.
                    server.get("/v1/events?limit=1").unwrap();
                }
                server.kill();
            }
        }
        row.cases += 1;
        row.acknowledged += acknowledged.all().len() as u64;
        row.lost += place.lost(&acknowledged.all(), &what);
    }
    println!("{poisoned} of {} took no more postings", row.cases);
    assert!(poisoned > 0);
    row.tell("one failing system call while serving (EIO, ENOSPC)");
}
