//! One question, put to the ledger as a client would.

use ledger_contract::report::KnownAt;
use ledger_domain::{Date, Id};
use ledger_projections::PhaseOutQuery;
use ledger_service::{RegionQuery, ReportQuery};
use ledger_testkit::Scenario;
use serde::Serialize;
use serde_json::Value;

use crate::region::Region;

#[derive(Debug)]
pub(crate) struct Question {
    /// `YYYY-MM-DD`.
    pub(crate) as_of: String,
    /// The log when it had so many events; none is now.
    pub(crate) position: Option<u64>,
    /// Of programme reports.
    pub(crate) year: Option<u64>,
    pub(crate) region_year: u64,
}

/// What was answered about a region.
pub(crate) struct RegionAnswers {
    pub(crate) shares: Value,
    pub(crate) phase_out: Value,
    pub(crate) settlements: Vec<Value>,
}

fn json(report: impl Serialize) -> Value {
    serde_json::to_value(report).unwrap()
}

impl Question {
    fn day(&self) -> Date {
        ledger_contract::value::parse_date(&self.as_of).unwrap()
    }

    /// Budget position, underspend and funding; none where the programme was not known.
    pub(crate) fn of_programme(&self, ledger: &Scenario, id: &str) -> Option<[Value; 3]> {
        let id = Id::new(id).unwrap();
        let query = ReportQuery {
            as_of: Some(self.day()),
            known_at: self.position.map(KnownAt::Position),
            year: self.year.map(|year| year.try_into().unwrap()),
            ..ReportQuery::default()
        };
        let position = ledger.queries.budget_position(&id, &query).ok()?;
        let underspend = ledger.queries.underspend(&id, &query).unwrap();
        let funding = ledger.queries.funding(&id, &query).unwrap();
        Some([json(position), json(underspend), json(funding)])
    }

    /// Cost shares, phase-out and every settlement of the region; none where it was not known.
    pub(crate) fn of_region(&self, ledger: &Scenario, id: &str, region: &Region) -> Option<RegionAnswers> {
        let id = Id::new(id).unwrap();
        let query = RegionQuery {
            as_of: Some(self.day()),
            known_at: self.position.map(KnownAt::Position),
        };
        let year = self.region_year.try_into().unwrap();
        let shares = ledger.queries.cost_shares(&id, Some(year), &query).ok()?;
        let phase_out = ledger
            .queries
            .phase_out(&id, &PhaseOutQuery::default(), &query)
            .unwrap();
        // Those that are not known or booked by then are refused: the model must not have them either.
        let settlements = region.settlements.iter().filter_map(|settlement| {
            let settlement = Id::new(&settlement.id).unwrap();
            ledger.queries.settlement(&id, &settlement, &query).ok().map(json)
        });
        Some(RegionAnswers {
            settlements: settlements.collect(),
            shares: json(shares),
            phase_out: json(phase_out),
        })
    }
}
