//! What is asked of a report. Its values are read here once, with the contract's parsers, for both a directory and a
//! server.

use clap::{Args, ValueEnum};
use ledger_contract::{
    event::Stream,
    report::KnownAt,
    value::{check_year, parse_date, parse_id},
};
use ledger_domain::{Date, Id, Year};
use ledger_projections::{GroupBy, ReportName};
use ledger_service::ReportQuery;

/// The reports of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// What was authorised, what is spent, what is left
    BudgetPosition,
    /// What stays unspent, per project and theme, and what is expected to
    Underspend,
    /// Where the money comes from and where it lands
    Funding,
}

impl Report {
    /// The report as the ledger knows it.
    pub(crate) const fn name(self) -> ReportName {
        match self {
            Self::BudgetPosition => ReportName::BudgetPosition,
            Self::Underspend => ReportName::Underspend,
            Self::Funding => ReportName::Funding,
        }
    }
}

/// The options that narrow a report.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// The programme
    #[arg(value_name = "ID", value_parser = id)]
    pub(crate) programme: Id,
    /// Only what is bound to this year
    #[arg(long, value_parser = year)]
    pub(crate) year: Option<Year>,
    /// Leave out what is booked after this day (YYYY-MM-DD) [default: today in Europe/Amsterdam]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) as_of: Option<Date>,
    /// As the ledger knew it then: an instant in UTC (2022-01-15T09:30:00Z) or a log position [default: now]
    #[arg(long, value_name = "INSTANT|POSITION", value_parser = KnownAt::parse)]
    pub(crate) known_at: Option<KnownAt>,
    /// Only this project
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(crate) project: Option<Id>,
}

impl Asked {
    /// As the service takes it.
    pub(crate) fn query(&self, by: Option<&str>) -> ReportQuery {
        ReportQuery {
            as_of: self.as_of,
            known_at: self.known_at.clone(),
            year: self.year,
            project: self.project.clone(),
            by: by.and_then(GroupBy::parse),
        }
    }

    /// As HTTP takes it: the parameters that were given.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let known_at = self.known_at.as_ref().map(|known_at| match known_at {
            KnownAt::Position(position) => position.to_string(),
            KnownAt::Instant(instant) => instant.0.to_string(),
        });
        [
            ("year", self.year.map(|year| year.to_string())),
            ("asOf", self.as_of.map(|date| date.to_string())),
            ("knownAt", known_at),
            ("project", self.project.as_ref().map(ToString::to_string)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
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
pub(crate) fn dimension(text: &str) -> Result<String, String> {
    match GroupBy::parse(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("projects are grouped by theme, law, taakveld or tag:NAME".to_owned()),
    }
}

fn year(text: &str) -> Result<Year, String> {
    let number = text.parse().map_err(|_| format!("{text} is not a year"))?;
    check_year(number)
}
