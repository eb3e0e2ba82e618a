//! The binary `rekenschap`: arguments in, tables and sentences out. It holds no logic that another door would need.

mod arguments;
mod backup;
mod bundle;
mod checkpoint;
mod demo;
mod destroy_details;
mod events;
mod explain;
mod failure;
mod import;
mod kept;
mod local;
mod logs;
mod output;
mod place;
mod plan_advances;
mod prove;
mod question;
mod region_question;
mod remote;
mod repair;
mod report;
mod serve;
mod settings;
mod sheet;
mod tiled;
mod verify;
mod verify_bundle;
mod verify_served;
mod witness;

use std::{panic, process::ExitCode};

use clap::Parser as _;
use tikv_jemallocator::Jemalloc;

use crate::{
    arguments::{Arguments, Command},
    failure::Failure,
    place::Place,
    settings::Settings,
};

/// Events are made on one thread and dropped on another, which this allocator is good at.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    // A panic is a fault of this program. Where it was goes to the log; a user gets the sentence of `Failure::Fault`.
    panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(at, "a fault in the program");
    }));
    match panic::catch_unwind(run).unwrap_or(Err(Failure::Fault)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

fn run() -> Result<(), Failure> {
    let Arguments { global, command } = Arguments::try_parse()?;
    let settings = Settings::load(&global)?;
    logs::start(&settings, &command);
    let place = || Place::of(&global, &settings);
    match &command {
        Command::Demo(asked) => demo::run(asked, &global, &settings),
        Command::Serve(asked) => serve::run(asked, &place()?, &settings),
        Command::Import(asked) => import::run(asked, &place()?, &settings),
        Command::Report(asked) => report::run(asked, &place()?, &settings),
        Command::Explain(asked) => explain::run(asked, &place()?, &settings),
        Command::PlanAdvances(asked) => plan_advances::run(asked, &place()?, &settings),
        Command::Events(asked) => events::run(asked, &place()?, &settings),
        Command::Verify(asked) => verify::run(asked, &place()?, &settings),
        Command::Backup(asked) => backup::run(asked, &place()?, &settings),
        Command::Restore(asked) => backup::restore(asked, &place()?, &settings),
        Command::DestroyDetails(asked) => destroy_details::run(asked, &place()?, &settings),
        Command::Repair(asked) => repair::run(asked, &place()?, &settings),
        Command::Checkpoint(asked) => checkpoint::run(asked, &place()?, &settings),
        Command::Prove(asked) => prove::run(asked, &place()?, &settings),
        Command::VerifyBundle(asked) => verify_bundle::run(asked),
        Command::Witness(asked) => witness::run(asked),
    }
}
