//! Import: what is taken, what is refused and how that is told.

use std::io::{BufRead as _, BufReader, Write as _};

use crate::harness::{PLAN, Place, expenditure, ran};

fn events(place: &Place) -> usize {
    place.run_here(&["events"]).with_status(0).stdout.lines().count()
}

#[test]
fn good_lines_are_summed_up_on_stdout() {
    let place = Place::new();
    let ran = place.import(PLAN, &[]).with_status(0);
    assert_eq!(ran.stdout, "imported 3 commands as 3 events; log position 4\n");
    assert_eq!(ran.stderr, "");
    // The same commands again are the same postings.
    let again = place.import(PLAN, &[]).with_status(0);
    assert_eq!(again.stdout, "imported 3 commands as 0 events; log position 4\n");
    assert_eq!(events(&place), 4);
}

#[test]
fn one_refusal_refuses_all() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let lines = [
        expenditure("e1", "500.00"),
        expenditure("e2", "200.00"),
        expenditure("e3", "100.00"),
    ]
    .join("\n");
    let ran = place.import(&lines, &[]).with_status(1);
    assert_eq!(ran.stdout, "");
    assert!(
        ran.stderr.starts_with("line 2: budget-exceeded: "),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.ends_with("nothing was imported: 1 line was refused\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        ran.stderr.lines().count(),
        2,
        "line 3 is judged as if line 2 were absent: {}",
        ran.stderr
    );
    assert_eq!(events(&place), 4);

    let kept = place.import(&lines, &["--keep-going"]).with_status(1);
    assert_eq!(
        kept.stdout,
        "imported 2 commands as 2 events; log position 6; 1 line was refused\n"
    );
    assert_eq!(kept.stderr.lines().count(), 1);
    assert_eq!(events(&place), 6);
}

#[test]
fn every_fault_of_a_line_is_told_with_its_pointer() {
    let place = Place::new();
    let lines = [
        r#"{"type":"postExpenditure","programme":"P!","project":7,"expenditure":"e","amount":"1.001","bookingDate":"2020-02-30","colour":"red"}"#,
        r#"{"type":"postExpenditure""#,
        "\u{0}",
        r#"{"type":"launder"}"#,
        "[]",
    ]
    .join("\n");
    let ran = place.import(&lines, &[]).with_status(1);
    assert_eq!(ran.stdout, "");
    let first: Vec<&str> = ran
        .stderr
        .lines()
        .take_while(|line| !line.starts_with("line 2"))
        .collect();
    assert!(
        first[0].starts_with("line 1: invalid-input: The command has "),
        "{}",
        ran.stderr
    );
    for pointer in ["/programme", "/project", "/amount", "/bookingDate", "/colour"] {
        assert_eq!(
            first
                .iter()
                .filter(|line| line.starts_with(&format!("  {pointer}: ")))
                .count(),
            1,
            "{pointer}: {}",
            ran.stderr
        );
    }
    for line in 2..=5 {
        assert!(
            ran.stderr.contains(&format!("\nline {line}: invalid-input: ")),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(events(&place), 1);
}

#[test]
fn a_line_of_200_megabytes_is_one_refusal_and_takes_no_such_memory() {
    let place = Place::new();
    let data = place.data();
    let mut child = place.start(&["import", "-", "--data", &data, "--keep-going"]);
    let mut stdin = child.stdin.take().expect("piped");
    let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
    stdin.write_all(PLAN.as_bytes()).expect("written");
    stdin.write_all(b"{\"type\":\"").expect("written");
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..200 {
        stdin.write_all(&piece).expect("written");
    }
    stdin.write_all(b"\"}\n").expect("written");
    // All but what the pipe holds was read by now; the process waits for more.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a process");
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a peak");
    let peak_kb: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(peak_kb < 150_000, "{peak_kb} kB");
    stdin
        .write_all(expenditure("e1", "1.00").as_bytes())
        .expect("written");
    drop(stdin);
    let mut refusal = String::new();
    stderr.read_line(&mut refusal).expect("readable");
    assert!(
        refusal.starts_with("line 5: invalid-input: the line is longer than "),
        "{refusal}"
    );
    let ran = ran(&child.wait_with_output().expect("runs")).with_status(1);
    assert_eq!(
        ran.stdout,
        "imported 4 commands as 4 events; log position 5; 1 line was refused\n"
    );
}

#[test]
fn csv_with_the_fields_as_header() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let file = place.file(
        "entries.csv",
        "type;programme;project;funder;expenditure;amount;year;charges;document;bookingDate\n\
         pledgeCofinancing;p;a;rijk;;50.00;;;Brief 1;2020-01-02\n\
         postExpenditure;p;a;;e1;100.00;2020;\"programme=60.00;rijk=40.00\";Factuur;2020-02-01\n",
    );
    let ran = place.run_here(&["import", &file]).with_status(0);
    assert_eq!(ran.stdout, "imported 2 commands as 2 events; log position 6\n");
    let bad = place.file("bad.csv", "type,amount\npostExpenditure,1,2\n");
    let ran = place.run_here(&["import", &bad]).with_status(1);
    assert!(
        ran.stderr
            .starts_with("line 2: invalid-input: the line has 3 cells"),
        "{}",
        ran.stderr
    );
}
