//! `report`: one report of a programme or a region, from a directory or a server.

mod budget_position;
mod cost_shares;
mod funding;
mod groups;
mod phase_out;
mod settlement;
mod underspend;

use ledger_contract::report::{Head, RegionFlag, RegionHead};
use ledger_projections::ReportName;
use ledger_service::{Queries, QueryError, ReportQuery};
use ledger_store::TapeReader;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    arguments::Report,
    failure::Failure,
    place::Place,
    question::ProgrammeReport,
    settings::Settings,
    sheet::{self, Format, Sheet},
};

/// The heading over benefits in tables, since the sign is not told by the word.
const BENEFIT: &str = "benefit\n(positive: the\nothers pay along)";

/// Shows the report that was asked.
pub(crate) fn run(asked: &Report, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let of_programme = |report, asked| OfProgramme {
        report,
        asked,
        place,
        settings,
    };
    match asked {
        Report::BudgetPosition(asked) => of_programme(ReportName::BudgetPosition, asked).show(
            |queries, query| queries.budget_position(&asked.asked.programme, query),
            budget_position::sheet,
        ),
        Report::Underspend(asked) => of_programme(ReportName::Underspend, asked).show(
            |queries, query| queries.underspend(&asked.asked.programme, query),
            underspend::sheet,
        ),
        Report::Funding(asked) => of_programme(ReportName::Funding, asked).show(
            |queries, query| queries.funding(&asked.asked.programme, query),
            funding::sheet,
        ),
        Report::CostShares(asked) => {
            let report = asked.ask(place, settings)?;
            sheet::show(
                &report,
                Format::or_fitting(asked.region.format),
                cost_shares::sheet,
            )
        }
        Report::PhaseOut(asked) => {
            let report = asked.ask(place, settings)?;
            sheet::show(&report, Format::or_fitting(asked.region.format), phase_out::sheet)
        }
        Report::Settlement(asked) => {
            let report = asked.ask(place, settings)?;
            sheet::show(
                &report,
                Format::or_fitting(asked.region.format),
                settlement::sheet,
            )
        }
    }
}

struct OfProgramme<'a> {
    report: ReportName,
    asked: &'a ProgrammeReport,
    place: &'a Place,
    settings: &'a Settings,
}

impl OfProgramme<'_> {
    /// Gets the report where the ledger is, and shows it; a server's answer is read back into the same struct.
    fn show<T: Serialize + DeserializeOwned>(
        &self,
        ask: impl FnOnce(&Queries<TapeReader>, &ReportQuery) -> Result<T, QueryError>,
        sheet: impl FnOnce(&T) -> Sheet,
    ) -> Result<(), Failure> {
        let asked = &self.asked.asked;
        let by = self.asked.by.as_deref();
        let path = format!("/v1/programmes/{}/{}", asked.programme, self.report);
        let mut parameters = asked.parameters();
        parameters.extend(by.map(|by| ("by", by.to_owned())));
        let report = self.place.ask(self.settings, &path, &parameters, |queries| {
            ask(queries, &asked.query(by))
        })?;
        sheet::show(&report, Format::or_fitting(self.asked.format), sheet)
    }
}

/// The title line of a region's report.
fn region_title(name: &str, head: &RegionHead) -> String {
    format!(
        "{name} of {} ({}), as of {}{}, log position {}",
        head.region.0,
        head.title,
        head.as_of.0,
        known_at(head.known_at.as_ref()),
        head.log_position
    )
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

/// The codes of flags, in one cell.
fn flags(flags: &[RegionFlag]) -> String {
    let codes: Vec<&str> = flags.iter().map(|flag| flag.as_str()).collect();
    codes.join(" ")
}
