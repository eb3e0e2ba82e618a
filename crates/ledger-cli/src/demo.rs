//! `demo`: example data in a fresh directory, served.

use std::{net::SocketAddr, path::PathBuf};

use ledger_service::{Clock as _, SystemClock, Visit};
use rust_embed::RustEmbed;
use tracing::info;

use crate::{
    arguments::{Demo, Global},
    failure::{Failure, tell_faults},
    import::RECORDED_BY,
    local::{self, Open},
    output, serve,
    settings::Settings,
};

/// The example commands, in the binary so that it runs anywhere.
#[derive(RustEmbed)]
#[folder = "../../config/examples/"]
#[include = "*/*.ndjson"]
struct Examples;

/// The programme that the things to try are about.
const PROGRAMME: &str = "investeringsplan-sociaal-domein";

/// The region that they are about.
const REGION: &str = "zuid-holland-zuid";
/// The region with clients, a stop-loss and several cost groups.
const OTHER_REGION: &str = "achterhoek";

/// Loads the examples and serves them.
pub(crate) fn run(asked: &Demo, global: &Global, settings: &Settings) -> Result<(), Failure> {
    if global.url.is_some() {
        return Err(Failure::Usage(
            "demo makes a ledger of its own: leave --url out".to_owned(),
        ));
    }
    let address = asked.listen.unwrap_or(settings.listen);
    serve::check_address(address, false)?;
    // Only a directory named for this run: the examples must not land in the one that the settings name.
    let directory = fresh_directory(global.data.clone())?;
    let mut ledger = local::open(&directory, settings)?;
    load(&mut ledger)?;
    serve::serve(ledger, address, settings, |address| {
        things_to_try(&directory, address)
    })
}

fn fresh_directory(asked: Option<PathBuf>) -> Result<PathBuf, Failure> {
    match asked {
        None => tempfile::Builder::new()
            .prefix("rekenschap-demo-")
            .tempdir()
            .map(tempfile::TempDir::keep)
            .map_err(Failure::machine("a directory for the demo cannot be made")),
        Some(directory) if local::is_empty(&directory)? => Ok(directory),
        Some(directory) => Err(Failure::Usage(format!(
            "{} is not empty; the demo needs a fresh directory",
            directory.display()
        ))),
    }
}

/// Imports every example as one, folders and files in the order of their names.
fn load(ledger: &mut Open) -> Result<(), Failure> {
    let mut files: Vec<_> = Examples::iter().collect();
    files.sort();
    ledger.writer.begin(SystemClock.now())?;
    let (mut commands, mut events) = (0, 0);
    for file in files {
        let text = Examples::get(&file).ok_or(Failure::Fault)?;
        let input = |visit: &mut Visit<'_>| {
            for (line, command) in (1..).zip(text.data.split(|byte| *byte == b'\n')) {
                if !command.trim_ascii().is_empty() && !visit(line, Ok(command)) {
                    break;
                }
            }
            Ok(())
        };
        let outcome =
            ledger_service::import(&mut ledger.writer, RECORDED_BY, false, input, &mut |refusal| {
                output::tell(&format!(
                    "{file}: line {}: {}: {}",
                    refusal.line, refusal.code, refusal.detail
                ));
                tell_faults(&refusal.faults);
            })?;
        if outcome.refused > 0 {
            return Err(Failure::Told);
        }
        commands += outcome.commands;
        events += outcome.events;
    }
    ledger_service::commit_import(&mut ledger.writer, &ledger.queries)?;
    info!(commands, events, "the examples are loaded");
    Ok(())
}

fn things_to_try(directory: &std::path::Path, address: SocketAddr) -> Result<(), Failure> {
    // The name under which this program was started is one that its user can start again.
    let program = std::env::args().next().unwrap_or_else(|| "rekenschap".to_owned());
    let url = format!("http://{address}");
    output::line(&format!(
        "
The example ledger is in {directory}. Try in another terminal:

1. What was left of the plan on 31 December 2021, as JSON:
   curl '{url}/v1/programmes/{PROGRAMME}/budget-position?asOf=2021-12-31'

2. The same as a table, by theme:
   {program} report budget-position {PROGRAMME} \\
     --as-of 2021-12-31 --by theme --format table --url {url}

3. The postings behind one figure, which sum to it:
   {program} explain budget-position {PROGRAMME} \\
     --project jongerenwerk-op-school --figure spentOwn --as-of 2021-12-31 --format table --url {url}

4. How solidarity in a region ends, for Zwijndrecht, whose bill the others help to pay:
   {program} report phase-out {REGION} \\
     --municipality GM0642 --format table --url {url}

5. Why Zwijndrecht pays what it pays for 2021, in words and to the cent:
   {program} explain cost-shares {REGION} \\
     --municipality GM0642 --figure costShare --year 2021 --format table --url {url}

The regions {REGION} and {OTHER_REGION} are examples too; what the sources do not give is invented and says so.

Ctrl-C stops it.",
        directory = directory.display()
    ))
}
