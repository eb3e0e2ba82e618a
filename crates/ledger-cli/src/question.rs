//! What is asked of a programme's report. Values are read here once, with the contract's parsers, for both a directory
//! and a server.

use clap::Args;
use ledger_contract::{
    event::Stream,
    report::KnownAt,
    value::{parse_date, parse_id, parse_year},
};
use ledger_domain::{Date, Id, Year};
use ledger_projections::GroupBy;
use ledger_service::ReportQuery;

use crate::{bundle::Bundling, sheet::Format};

/// A report of a programme.
#[derive(Debug, Args)]
pub(crate) struct ProgrammeReport {
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// Group the projects: theme, law, taakveld or tag:NAME
    #[arg(long, value_name = "DIMENSION", value_parser = dimension)]
    pub(crate) by: Option<String>,
    /// How to show it [default: table on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}

/// One figure of a programme's report.
#[derive(Debug, Args)]
pub(crate) struct ProgrammeFigure {
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// The figure's name in the report, such as `spentOwn`
    #[arg(long)]
    pub(crate) figure: String,
    /// The funder, or `programme` for own money, where a report shows the figure per source
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(crate) source: Option<Id>,
    #[command(flatten)]
    pub(crate) bundling: Bundling,
    /// How to show it [default: table on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}

/// The two dates that every report takes.
#[derive(Debug, Args)]
pub(crate) struct Dates {
    /// Leave out what is booked after this day (YYYY-MM-DD) [default: today in Europe/Amsterdam]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) as_of: Option<Date>,
    /// As the ledger knew it then: an instant in UTC (2022-01-15T09:30:00Z) or a log position [default: now]
    #[arg(long, value_name = "INSTANT|POSITION", value_parser = KnownAt::parse)]
    pub(crate) known_at: Option<KnownAt>,
}

impl Dates {
    /// As HTTP takes them: those that were given.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let known_at = self.known_at.as_ref().map(|known_at| match known_at {
            KnownAt::Position(position) => position.to_string(),
            KnownAt::Instant(instant) => instant.0.to_string(),
        });
        given([
            ("asOf", self.as_of.map(|date| date.to_string())),
            ("knownAt", known_at),
        ])
    }
}

/// The options that narrow a report.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// The programme
    #[arg(value_name = "ID", value_parser = id)]
    pub(crate) programme: Id,
    /// Only what is bound to this year
    #[arg(long, value_parser = parse_year)]
    pub(crate) year: Option<Year>,
    #[command(flatten)]
    pub(crate) dates: Dates,
    /// Only this project
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(crate) project: Option<Id>,
}

impl Asked {
    /// As the service takes it.
    pub(crate) fn query(&self, by: Option<&str>) -> ReportQuery {
        ReportQuery {
            as_of: self.dates.as_of,
            known_at: self.dates.known_at.clone(),
            year: self.year,
            project: self.project.clone(),
            by: by.and_then(GroupBy::parse),
        }
    }

    /// As HTTP takes it: the parameters that were given.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = given([
            ("year", self.year.map(|year| year.to_string())),
            ("project", self.project.as_ref().map(ToString::to_string)),
        ]);
        parameters.extend(self.dates.parameters());
        parameters
    }
}

/// The parameters that have a value.
pub(crate) fn given<const N: usize>(
    parameters: [(&'static str, Option<String>); N],
) -> Vec<(&'static str, String)> {
    let valued = parameters.into_iter();
    valued.filter_map(|(name, value)| Some((name, value?))).collect()
}

/// An id.
pub(crate) fn id(text: &str) -> Result<Id, String> {
    parse_id(text)
}

/// A stream's name.
pub(crate) fn stream(text: &str) -> Result<Stream, String> {
    Stream::parse(text).ok_or_else(|| "a stream is named ledger, programme/ID or region/ID".to_owned())
}

/// A dimension to group by.
fn dimension(text: &str) -> Result<String, String> {
    match GroupBy::parse(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("projects are grouped by theme, law, taakveld or tag:NAME".to_owned()),
    }
}
