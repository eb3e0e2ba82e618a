//! `events`: the record, one event a line.

use std::{collections::BTreeMap, io::Write};

use ledger_contract::{
    command::Fault,
    event::{Event, read_leaf, write_leaf},
    problem::Problem,
    reply::EventView,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    arguments::Events, failure::Failure, local, output, place::Place, remote::Server, settings::Settings,
};

/// How many events are read at once.
const PAGE_EVENTS: u64 = 1_000;

/// Prints the events that were asked.
pub(crate) fn run(asked: &Events, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let mut out = output::stdout();
    let mut pages = Pages {
        asked,
        after: asked.after,
        left: asked.limit.unwrap_or(u64::MAX),
    };
    match place {
        Place::Directory(directory) => {
            let ledger = local::open_to_ask(directory, settings)?;
            within_log(asked.after, ledger.queries.log_position())?;
            while pages.size() > 0 {
                let from = pages.after.map_or(0, |after| after.saturating_add(1));
                let size = usize::try_from(pages.size()).unwrap_or(usize::MAX);
                let page = ledger.queries.events(from, size, asked.stream.as_ref())?;
                for (event, details) in &page {
                    if asked.leaves {
                        leaf(event, &mut out)?;
                    } else {
                        let view = EventView {
                            event,
                            details: details.as_deref(),
                        };
                        serde_json::to_writer(&mut out, &view)
                            .map_err(|error| Failure::Output(error.into()))?;
                    }
                    out.write_all(b"\n").map_err(Failure::Output)?;
                }
                pages.turn(page.len() as u64, page.last().map(|(event, _)| event.position));
            }
        }
        Place::Server(server) => {
            while pages.size() > 0 {
                let (read, last) = of_server(server, &pages, &mut out)?;
                pages.turn(read, last);
            }
        }
    }
    out.flush().map_err(Failure::Output)
}

/// A position that no event has yet was seen in another ledger; servers refuse it too.
fn within_log(after: Option<u64>, size: u64) -> Result<(), Failure> {
    match after.filter(|after| *after >= size) {
        None => Ok(()),
        Some(after) => {
            let detail = format!("The log has {size} events, so none is at position {after}.");
            Err(Problem::from(vec![Fault {
                pointer: "/after".to_owned(),
                detail,
            }])
            .into())
        }
    }
}

/// Where the reading is.
struct Pages<'a> {
    asked: &'a Events,
    after: Option<u64>,
    left: u64,
}

impl Pages<'_> {
    /// How many events to ask for next; 0 at the end.
    fn size(&self) -> u64 {
        self.left.min(PAGE_EVENTS)
    }

    /// A page was read, up to this position; a short one is the last.
    fn turn(&mut self, read: u64, last: Option<u64>) {
        self.left = if read < self.size() { 0 } else { self.left - read };
        self.after = last.or(self.after);
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("limit", self.size().to_string())];
        parameters.extend(self.after.map(|after| ("after", after.to_string())));
        parameters.extend(
            self.asked
                .stream
                .as_ref()
                .map(|stream| ("stream", stream.to_string())),
        );
        parameters
    }
}

/// A server's page.
#[derive(Deserialize)]
struct Page {
    events: Vec<Box<RawValue>>,
}

/// Prints a server's page; returns how many events it had and the last one's position.
fn of_server(
    server: &Server,
    pages: &Pages<'_>,
    out: &mut impl Write,
) -> Result<(u64, Option<u64>), Failure> {
    let page: Page = server.get("/v1/events", &pages.parameters())?;
    let mut last = None;
    for view in &page.events {
        let event = of_view(view.get()).ok_or_else(|| {
            Failure::Server("the server sent an event that this version of rekenschap cannot read".to_owned())
        })?;
        if pages.asked.leaves {
            leaf(&event, out)?;
        } else {
            out.write_all(view.get().as_bytes()).map_err(Failure::Output)?;
        }
        out.write_all(b"\n").map_err(Failure::Output)?;
        last = Some(event.position);
    }
    Ok((page.events.len() as u64, last))
}

/// The event of a view: a view is the leaf with its fields in another order, and the details.
fn of_view(line: &str) -> Option<Event> {
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line).ok()?;
    fields.remove("details");
    read_leaf(&serde_json::to_vec(&fields).ok()?).ok()
}

fn leaf(event: &Event, out: &mut impl Write) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    write_leaf(event, &mut bytes).map_err(|error| Failure::Output(error.into()))?;
    out.write_all(&bytes).map_err(Failure::Output)
}
