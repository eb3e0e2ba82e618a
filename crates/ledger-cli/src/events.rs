//! `events`: the record, one event a line.

use std::io::{BufRead as _, Write};
use std::collections::BTreeMap;

use ledger_contract::{
    event::{Event, read_leaf, write_leaf},
    reply::EventView,
};
use serde_json::value::RawValue;

use crate::{
    arguments::Events,
    failure::Failure,
    local, output,
    place::Place,
    remote::Server,
    settings::Settings,
};

/// How many events are read at once.
const PAGE_EVENTS: u64 = 1_000;

/// Prints the events that were asked.
pub(crate) fn run(asked: &Events, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let mut out = output::stdout();
    let mut pages = Pages { asked, after: asked.after, left: asked.limit.unwrap_or(u64::MAX) };
    match place {
        Place::Directory(directory) => {
            let ledger = local::open_to_ask(directory, settings)?;
            while pages.size() > 0 {
                let from = pages.after.map_or(0, |after| after.saturating_add(1));
                let size = usize::try_from(pages.size()).unwrap_or(usize::MAX);
                let page = ledger.queries.events(from, size, asked.stream.as_ref())?;
                for (event, details) in &page {
                    if asked.leaves {
                        leaf(event, &mut out)?;
                    } else {
                        let view = EventView { event, details: details.as_ref() };
                        serde_json::to_writer(&mut out, &view).map_err(|error| Failure::Output(error.into()))?;
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
        parameters.extend(self.asked.stream.as_ref().map(|stream| ("stream", stream.to_string())));
        parameters
    }
}

/// Prints a server's page; returns how many events it had and the last one's position.
fn of_server(server: &Server, pages: &Pages<'_>, out: &mut impl Write) -> Result<(u64, Option<u64>), Failure> {
    let (mut read, mut last) = (0, None);
    for line in server.lines("/v1/events", &pages.parameters())?.lines() {
        let line = line.map_err(|error| Failure::Server(format!("the server's answer broke off: {error}")))?;
        let event = of_view(&line).ok_or_else(|| {
            Failure::Server("the server sent an event that this version of rekenschap cannot read".to_owned())
        })?;
        if pages.asked.leaves {
            leaf(&event, out)?;
        } else {
            out.write_all(line.as_bytes()).map_err(Failure::Output)?;
        }
        out.write_all(b"\n").map_err(Failure::Output)?;
        (read, last) = (read + 1, Some(event.position));
    }
    Ok((read, last))
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
