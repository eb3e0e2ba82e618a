//! `report`: one report of a programme, from a directory or a server.

mod budget_position;
mod funding;
mod groups;
mod underspend;

use ledger_contract::report::Head;
use ledger_service::{Queries, QueryError, ReportQuery};
use ledger_store::TapeReader;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    arguments::Reporting,
    failure::Failure,
    local,
    place::Place,
    question::Report,
    settings::Settings,
    sheet::{self, Format, Sheet},
};

/// Shows the report that was asked.
pub(crate) fn run(asked: &Reporting, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let request = Request {
        asked,
        place,
        settings,
    };
    match asked.report {
        Report::BudgetPosition => request.show(
            |queries, query| queries.budget_position(&asked.asked.programme, query),
            budget_position::sheet,
        ),
        Report::Underspend => request.show(
            |queries, query| queries.underspend(&asked.asked.programme, query),
            underspend::sheet,
        ),
        Report::Funding => request.show(
            |queries, query| queries.funding(&asked.asked.programme, query),
            funding::sheet,
        ),
    }
}

struct Request<'a> {
    asked: &'a Reporting,
    place: &'a Place,
    settings: &'a Settings,
}

impl Request<'_> {
    /// Gets the report where the ledger is, and shows it; a server's answer is read back into the same struct.
    fn show<T: Serialize + DeserializeOwned>(
        &self,
        ask: impl FnOnce(&Queries<TapeReader>, &ReportQuery) -> Result<T, QueryError>,
        sheet: impl FnOnce(&T) -> Sheet,
    ) -> Result<(), Failure> {
        let asked = &self.asked.asked;
        let by = self.asked.by.as_deref();
        let report = match self.place {
            Place::Directory(directory) => {
                let ledger = local::open_to_ask(directory, self.settings)?;
                ask(&ledger.queries, &asked.query(by))?
            }
            Place::Server(server) => {
                let path = format!("/v1/programmes/{}/{}", asked.programme, self.asked.report.name());
                let mut parameters = asked.parameters();
                parameters.extend(by.map(|by| ("by", by.to_owned())));
                server.get(&path, &parameters)?
            }
        };
        sheet::show(&report, Format::or_fitting(self.asked.format), sheet)
    }
}

/// The title line of a report.
fn title(name: &str, head: &Head) -> String {
    let year = head.year.map(|year| format!(", year {year}")).unwrap_or_default();
    format!(
        "{name} of {} ({}){year}, as of {}{}, log position {}",
        head.programme.0,
        head.title,
        head.as_of.0,
        known_at(head.known_at.as_ref()),
        head.log_position
    )
}

/// What was asked to be known, in words; nothing when it was not asked.
pub(crate) fn known_at(known_at: Option<&ledger_contract::report::KnownAt>) -> String {
    use ledger_contract::report::KnownAt;
    match known_at {
        None => String::new(),
        Some(KnownAt::Position(position)) => format!(", as known at position {position}"),
        Some(KnownAt::Instant(instant)) => format!(", as known at {}", instant.0),
    }
}
