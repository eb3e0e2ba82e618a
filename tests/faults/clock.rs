//! A clock that goes back, and a second process.

use std::fs;

use crate::{
    Row,
    ledger::{Acknowledged, Place},
    shim::Shim,
};

#[test]
fn a_clock_that_goes_back_stamps_no_event_earlier() {
    let (place, acknowledged) = (Place::new(), Acknowledged::default());
    let clock = place.path("clock");
    let shim = Shim::new().clock(&clock);
    let set = |seconds: i64| fs::write(&clock, seconds.to_string()).unwrap();
    set(0);
    let server = place.serve(&shim).unwrap();
    server.plan(&acknowledged).unwrap();
    let mut row = Row::default();
    // Running, a ledger goes on after any step back.
    for (case, seconds) in [-1, -290, -3_600, -400_000_000, -100].into_iter().enumerate() {
        set(seconds);
        server.spend(&format!("running-{case}"), &acknowledged).unwrap();
        row.cases += 1;
    }
    server.stop();
    // Opened, it refuses a clock that is more than five minutes behind its last commit.
    for (seconds, opens) in [(-3_600, false), (-310, false), (-280, true), (-1, true)] {
        set(seconds);
        match place.serve(&shim) {
            Ok(server) => {
                assert!(opens, "{seconds} s");
                server.spend(&format!("opened{seconds}"), &acknowledged).unwrap();
                server.stop();
            }
            Err(ran) => {
                assert!(!opens, "{seconds} s: {}", ran.stderr);
                assert_eq!(ran.status, Some(3));
                assert!(ran.stderr.contains("set the clock right"), "{}", ran.stderr);
            }
        }
        row.cases += 1;
    }
    let all = acknowledged.all();
    let stamps = all.iter().map(|event| event["recordedAt"].as_str().unwrap());
    let stamps: Vec<&str> = stamps.collect();
    // The plan is one commit; each posting is one of its own.
    assert!(stamps[2..].is_sorted_by(|a, b| a < b), "{stamps:?}");
    row.acknowledged = all.len() as u64;
    row.lost = place.lost(&all, "after the clock went back");
    row.tell("clock going back while serving and before opening");
}

#[test]
fn a_second_process_is_refused_and_disturbs_nothing() {
    let (place, acknowledged) = (Place::new(), Acknowledged::default());
    let server = place.serve(&Shim::new()).unwrap();
    server.plan(&acknowledged).unwrap();
    let mut row = Row::default();
    let commands: [&[&str]; 4] = [
        &["events"],
        &["verify"],
        &["repair"],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    for (case, command) in commands.into_iter().enumerate() {
        let ran = place.run(command);
        assert_eq!(ran.status, Some(3), "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("in use by another process"), "{}", ran.stderr);
        server.spend(&format!("e{case}"), &acknowledged).unwrap();
        row.cases += 1;
    }
    server.kill();
    row.acknowledged = acknowledged.all().len() as u64;
    row.lost = place.lost(&acknowledged.all(), "after other processes");
    row.tell("second process on the same directory");
}
