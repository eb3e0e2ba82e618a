//! `destroy-details`: texts that archive law no longer allows to be kept, destroyed for good.

use std::io::{self, BufRead as _, IsTerminal as _};

use ledger_contract::event::Stream;
use ledger_service::{Destruction, destroy_details};
use ledger_store::EventReader as _;

use crate::{
    arguments::DestroyDetails,
    failure::Failure,
    local::{self, Open},
    output,
    place::Place,
    settings::Settings,
};

/// What is written on the record as who ordered it.
const RECORDED_BY: &str = "operator";

/// Destroys the details of a programme or region, once it was confirmed.
pub(crate) fn run(asked: &DestroyDetails, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = place.directory("destroy-details")?;
    let mut ledger = local::open_to_ask(directory, settings)?;
    let stream = stream(asked, &ledger)?;
    let through = asked.through;
    if !asked.yes {
        confirm(asked, &stream)?;
    }
    let order = Destruction {
        stream: stream.clone(),
        through: asked.through,
        decision: asked.decision.clone(),
        recorded_by: RECORDED_BY.to_owned(),
    };
    let destroyed = destroy_details(&mut ledger.writer, &ledger.queries, &order)?;
    let orders = destroyed.orders.display();
    output::tell(&format!(
        "keep a copy of {orders} beside your backups: `rekenschap restore` of an older one asks for it"
    ));
    output::line(&format!(
        "destroyed the details of {} events of {stream} booked through {through}, recorded at position {}",
        destroyed.events, destroyed.position
    ))
}

/// The stream that an id names: a programme or a region, or `programme/ID` where both have it.
fn stream(asked: &DestroyDetails, ledger: &Open) -> Result<Stream, Failure> {
    let name = &asked.subject;
    if let Some(stream) = Stream::parse(name).filter(|stream| *stream != Stream::Ledger) {
        return Ok(stream);
    }
    let id = crate::question::id(name).map_err(Failure::Usage)?;
    let reader = ledger.queries.reader();
    let [programme, region] = [Stream::Programme(id.clone()), Stream::Region(id.clone())];
    let known = [
        reader.stream_version(&programme, u64::MAX)? > 0,
        reader.stream_version(&region, u64::MAX)? > 0,
    ];
    match known {
        [true, true] => Err(Failure::Usage(format!(
            "there are a programme and a region {id}: write programme/{id} or region/{id}"
        ))),
        [false, true] => Ok(region),
        _ => Ok(programme),
    }
}

/// Asks for the id to be typed again.
fn confirm(asked: &DestroyDetails, stream: &Stream) -> Result<(), Failure> {
    let (name, through) = (&asked.subject, asked.through);
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "destroying cannot be undone: confirm on a terminal, or give --yes".to_owned(),
        ));
    }
    output::tell(&format!(
        "Suppliers, descriptions, clients, reasons, documents and explanations of {stream} booked through {through} will \
         be destroyed, for good. Figures and proofs stay. Type {name} to go on:"
    ));
    let mut typed = String::new();
    io::stdin()
        .lock()
        .read_line(&mut typed)
        .map_err(Failure::machine("the answer cannot be read"))?;
    if typed.trim() == name {
        return Ok(());
    }
    Err(Failure::Usage("nothing was destroyed".to_owned()))
}
