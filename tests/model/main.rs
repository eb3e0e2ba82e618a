//! The whole service against a naive ledger in memory: every outcome, every code of a refusal, every figure of every
//! report at random dates, as it is known now and as it was known before.
//!
//! The model shares no code with the rules or the projections: it keeps plain lists and adds them up again for every
//! question. `MODEL_SEQUENCES=400 cargo test -p ledger-tests --release --test model -- --nocapture` is the long run;
//! `MODEL_SEED` is the seed that it starts with.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at what it did not expect, and tells what it ran"
)]

mod codes;
mod entries;
mod expected;
mod generate;
mod ledger;
mod money;
mod programme;
mod programme_rules;
mod questions;
mod region;
mod region_rules;
mod reports;

use std::collections::BTreeMap;

use generate::Generator;
use ledger::{Model, Outcome};
use ledger_service::{Rejection, Submission};
use ledger_testkit::Scenario;
use serde_json::Value;

/// Commands of one sequence, beside its opening.
const COMMANDS: u64 = 500;
/// Commands between two questions.
const BETWEEN: u64 = 25;

#[derive(Default)]
struct Ran {
    commands: usize,
    outcomes: BTreeMap<&'static str, usize>,
    questions: usize,
    figures: usize,
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn the_ledger_does_what_the_model_does() {
    let (seed, sequences) = (setting("MODEL_SEED", 1), setting("MODEL_SEQUENCES", 10));
    let mut ran = Ran::default();
    for seed in seed..seed + sequences {
        // Shown when the sequence fails: MODEL_SEED repeats it alone.
        println!("seed {seed}");
        sequence(seed, &mut ran);
    }
    let Ran {
        commands,
        outcomes,
        questions,
        figures,
    } = ran;
    println!(
        "{sequences} sequences, {commands} commands, {questions} questions, {figures} figures: {outcomes:?}"
    );
    let codes = codes::ORDER
        .iter()
        .filter(|code| outcomes.contains_key(*code))
        .count();
    assert!(
        sequences < 10 || codes >= 30,
        "only {codes} codes were met: {outcomes:?}"
    );
}

fn sequence(seed: u64, ran: &mut Ran) {
    let mut generator = Generator::new(seed);
    let (mut ledger, mut model) = (Scenario::new(), Model::default());
    let mut boundaries = vec![ledger.queries.log_position()];
    for command in generator.opening() {
        post(&mut ledger, &mut model, &command, ran, &mut boundaries);
    }
    for number in 1..=COMMANDS {
        let (command, broken) = generator.command(&model);
        if broken {
            ran.commands += 1;
            *ran.outcomes.entry("invalid-input").or_default() += 1;
            let read = Submission::read(command.to_string().as_bytes(), None, "test");
            assert!(read.is_err(), "taken as a command: {command}");
        } else {
            post(&mut ledger, &mut model, &command, ran, &mut boundaries);
        }
        if number % BETWEEN == 0 {
            let question = generator.question(&boundaries);
            ran.figures += reports::compare(&ledger, &model, &question);
            ran.questions += 1;
        }
    }
}

fn post(ledger: &mut Scenario, model: &mut Model, command: &Value, ran: &mut Ran, boundaries: &mut Vec<u64>) {
    let at = ledger.queries.log_position();
    let expected = model.post(command, at);
    let mut events = 0;
    let found = match ledger.post(command) {
        Ok(outcome) if outcome.repeated => Outcome::Repeated,
        Ok(outcome) => {
            events = outcome.events.len() as u64;
            Outcome::Taken
        }
        Err(Rejection::Refused(refusal)) => Outcome::Refused(refusal.code.as_str()),
        Err(Rejection::Fatal(fatal)) => panic!("{fatal}"),
    };
    assert_eq!(found, expected, "{command}");
    if found == Outcome::Taken {
        assert_eq!(events, model.events_of(command), "events of {command}");
        model.appended(command, events);
        boundaries.push(ledger.queries.log_position());
    }
    assert_eq!(ledger.queries.log_position(), at + events, "{command}");
    ran.commands += 1;
    let name = match found {
        Outcome::Refused(code) => code,
        Outcome::Repeated => "repeated",
        Outcome::Taken => "taken",
    };
    *ran.outcomes.entry(name).or_default() += 1;
}
