//! What a kill leaves of a backup or a destruction.

use std::{fs, process::Child};

use crate::backup::{SECRET, count, destroy, run, with_secrets};

/// Starts, waits until a file exists or the process ended, and kills it.
fn killed(mut child: Child, until: impl Fn() -> bool) -> bool {
    loop {
        if let Some(status) = child.try_wait().expect("waited for") {
            assert!(status.success());
            return false;
        }
        if until() {
            child.kill().expect("killed");
            child.wait().expect("ends");
            return true;
        }
        std::thread::yield_now();
    }
}

#[test]
fn what_a_kill_leaves_of_a_backup_or_a_destruction_is_gone_on_with() {
    let place = with_secrets(1_500);
    let data = place.path("data");
    let (backup, kills) = (place.path("backup"), std::cell::Cell::new(0));
    let folder = backup.display().to_string();
    // The backup at several lengths of its copy, begun anew each time the last one was finished.
    let segment = backup.join("tape/00000000000000000000.tape");
    let length = || fs::metadata(&segment).map_or(0, |file| file.len());
    for bytes in [1, 200_000, 900_000] {
        let child = place.start(&["backup", &folder, "--data", &place.data()]);
        kills.set(kills.get() + u32::from(killed(child, || length() >= bytes)));
    }
    place.run_here(&["backup", &folder]).with_status(0);
    place.run(&["verify", "--data", &folder]).with_status(0);
    let orders = data.join("destructions");
    for stage in 0..3 {
        let words = destroy(&place);
        let child = place.start(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let tape = data.join("tape/00000000000000000000.tape");
        let ordered = || {
            fs::read(&tape).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("detailsDestroyed"))
        };
        kills.set(
            kills.get()
                + u32::from(killed(child, || match stage {
                    0 => ordered(),
                    1 => count(&data.join("tape"), SECRET) < 1_000,
                    _ => orders.exists(),
                })),
        );
    }
    assert!(kills.get() > 0, "no process was killed half-way");
    // Opening finishes what was ordered.
    let events = place.run_here(&["events"]).with_status(0).stdout;
    if events.contains("detailsDestroyed") {
        assert_eq!(count(&data, SECRET), 0);
    }
    run(&place, &destroy(&place)).with_status(0);
    assert_eq!(count(&data, SECRET), 0);
    place.run_here(&["verify"]).with_status(0);
    place.run_here(&["backup", &folder]).with_status(0);
    assert_eq!(count(&backup, SECRET), 0);
    place.run(&["verify", "--data", &folder]).with_status(0);
}
