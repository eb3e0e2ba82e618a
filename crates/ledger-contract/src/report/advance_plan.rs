//! The advances that a year's budget asks for, as commands that can be posted as they are.

use ledger_domain::{Id, Year, region::PlannedAdvance};
use serde::{Deserialize, Serialize};

use crate::value::{Cents, Day, EntryName, MunicipalityCode, Name};

/// The plan. Nothing of it is recorded until the commands are posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdvancePlan {
    /// The region.
    pub region: Name,
    /// The year that is paid for.
    pub year: Year,
    /// In how many terms.
    pub terms: u16,
    /// By municipality, then by term; they sum exactly to the budgeted shares.
    pub commands: Vec<AdvanceCommand>,
}

/// An `invoiceAdvance` command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdvanceCommand {
    /// `invoiceAdvance`.
    pub r#type: String,
    /// The region.
    pub region: Name,
    /// The year that is paid for.
    pub year: Year,
    /// Who pays.
    pub municipality: MunicipalityCode,
    /// The advance's id, which tells year, municipality and term.
    pub advance: EntryName,
    /// How much.
    pub amount: Cents,
    /// The first day of the term's month.
    pub booking_date: Day,
    /// The same for the same advance, so that a plan that is posted twice is recorded once.
    pub idempotency_key: String,
}

impl AdvancePlan {
    /// The plan with these advances.
    pub fn new(region: &Id, year: Year, terms: u16, advances: Vec<PlannedAdvance>) -> Self {
        let command = |planned: PlannedAdvance| AdvanceCommand {
            r#type: "invoiceAdvance".to_owned(),
            region: Name(region.clone()),
            year: planned.advance.year,
            municipality: MunicipalityCode(planned.advance.municipality),
            idempotency_key: format!("advance/{region}/{}", planned.advance.advance),
            advance: EntryName(planned.advance.advance),
            amount: Cents(planned.advance.amount),
            booking_date: Day(planned.booking_date),
        };
        Self {
            region: Name(region.clone()),
            year,
            terms,
            commands: advances.into_iter().map(command).collect(),
        }
    }
}
