//! A kill in the middle: what was acknowledged is there, what was not is not, and the record verifies.

use std::{
    io::Write as _,
    thread,
    time::{Duration, Instant},
};

use crate::harness::{PLAN, Place, expenditure};

#[test]
fn a_killed_import_leaves_what_was_acknowledged_before() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let before = place.run_here(&["events"]).with_status(0).stdout;
    let data = place.data();
    for lines in [10_u32, 3_000, 20_000] {
        let mut child = place.start(&["import", "-", "--data", &data]);
        let mut stdin = child.stdin.take().expect("piped");
        for number in 0..lines {
            writeln!(stdin, "{}", expenditure(&format!("e{number}"), "0.01")).expect("written");
        }
        // The input is still open, so nothing was committed or told yet.
        thread::sleep(Duration::from_millis(200));
        child.kill().expect("killed");
        assert!(child.wait_with_output().expect("ends").stdout.is_empty());
        place.run_here(&["verify"]).with_status(0);
        assert_eq!(
            place.run_here(&["events"]).with_status(0).stdout,
            before,
            "{lines}"
        );
    }
    place.import(&expenditure("e1", "0.01"), &[]).with_status(0);
    place.run_here(&["verify"]).with_status(0);
}

#[test]
fn a_killed_server_has_recorded_everything_it_acknowledged() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let serving = place.serve();
        let url = serving.url.clone();
        let posters: Vec<_> = (0..4)
            .map(|poster| {
                let url = url.clone();
                thread::spawn(move || {
                    let mut replies = Vec::new();
                    for number in 0.. {
                        let command = expenditure(&format!("r{round}-{poster}-{number}"), "0.01");
                        let request =
                            ureq::post(format!("{url}/v1/commands")).content_type("application/json");
                        // The first posting without an answer ends it: the server is gone.
                        let Ok(mut answer) = request.send(&command) else {
                            break;
                        };
                        let Ok(body) = answer.body_mut().read_to_vec() else {
                            break;
                        };
                        let reply: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
                        replies.push(reply["events"][0].clone());
                    }
                    replies
                })
            })
            .collect();
        let started = Instant::now();
        thread::sleep(Duration::from_millis(400 + 150 * round));
        serving.kill();
        for poster in posters {
            acknowledged.extend(poster.join().expect("posts"));
        }
        assert!(started.elapsed() < Duration::from_mins(1));
        place.run_here(&["verify"]).with_status(0);
    }
    assert!(!acknowledged.is_empty());
    let recorded = place.run_here(&["events"]).with_status(0).stdout;
    let recorded: Vec<serde_json::Value> = recorded
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for event in acknowledged {
        let position = usize::try_from(event["position"].as_u64().expect("a position")).expect("fits");
        assert_eq!(recorded.get(position), Some(&event));
    }
}
