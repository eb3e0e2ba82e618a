//! Project tasks, run as `cargo xtask TASK`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks on the terminal"
)]

mod tidy;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask tidy    check the rules of the house";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => run_tidy(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run_tidy() -> ExitCode {
    let report = match tidy::run() {
        Ok(report) => report,
        Err(error) => {
            eprintln!("tidy could not look: {error:#}");
            return ExitCode::from(2);
        }
    };
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    for fault in &report.faults {
        println!("fault: {fault}");
    }
    println!(
        "tidy: {} faults, {} warnings in {} files",
        report.faults.len(),
        report.warnings.len(),
        report.files
    );
    if report.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
