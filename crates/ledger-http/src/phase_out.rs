//! `/v1/regions/{region}/phase-out`: how solidarity ends, year by year; as recorded, or as a simulation.

use std::collections::BTreeMap;

use ledger_contract::value::{parse_fraction, parse_municipality, parse_year, quoted};
use ledger_domain::{Fraction, Year};
use ledger_projections::PhaseOutQuery;

use crate::{
    app::{Page, Record},
    openapi::Operation,
    region_report::{self, RegionInPath},
    report,
};

/// The report.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getPhaseOut",
        "Reports",
        "How solidarity ends, year by year; with `assumeCostsOf` or `schedule` a simulation of it",
    )
    .takes(&[
        "region",
        "municipality",
        "assumeCostsOf",
        "schedule",
        "asOf",
        "knownAt",
    ])
    .answers(200, "PhaseOut")
    .fails(&report::PROBLEMS);
    report::page(
        "/regions/{region}/phase-out",
        operation,
        |RegionInPath(region), mut parameters| {
            let asked = PhaseOutQuery {
                municipality: parameters.take("municipality", parse_municipality),
                assume_costs_of: parameters.take("assumeCostsOf", parse_year),
                schedule: parameters.take("schedule", schedule),
            };
            let query = region_report::dates(&mut parameters);
            parameters.finish()?;
            Ok((region, asked, query))
        },
        |queries, (region, asked, query)| queries.phase_out(&region, &asked, &query),
    )
}

/// `2021:2/3,2022:1/3,2023:0`: from each year on its degree.
fn schedule(text: &str) -> Result<BTreeMap<Year, Fraction>, String> {
    let mut steps = BTreeMap::new();
    for step in text.split(',') {
        let (year, degree) = step
            .split_once(':')
            .ok_or_else(|| format!("{} is not YEAR:DEGREE, such as 2021:2/3", quoted(step)))?;
        let year = parse_year(year)?;
        if steps.insert(year, parse_fraction(degree)?).is_some() {
            return Err(format!("{year} has more than one degree"));
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_strictly() {
        let read = schedule("2023:0,2021:2/3,2022:0.5");
        let steps: Vec<String> = read
            .iter()
            .flatten()
            .map(|(year, degree)| format!("{year} {degree}"))
            .collect();
        assert_eq!(steps, ["2021 2/3", "2022 1/2", "2023 0"]);
        for text in [
            "",
            "2021",
            "2021:",
            "2021:2/3,",
            "21:1",
            "2021:2",
            "2021:1,2021:1",
            "2021:1 ,2022:0",
        ] {
            assert!(schedule(text).is_err(), "{text}");
        }
    }
}
