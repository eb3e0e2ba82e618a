//! Who pays: commitments, expenditures, co-financing.

use std::collections::BTreeMap;

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use crate::value::{Cents, EntryName, Name, Share};

/// One source and its part, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChargeV1 {
    /// The part.
    pub amount: Cents,
    /// A funder, or `programme`.
    pub source: Name,
}

/// A part of a commitment that was used or given back, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DrawDownV1 {
    /// Per source, positive.
    pub charges: Vec<ChargeV1>,
    /// The commitment.
    pub commitment: EntryName,
    /// The commitment's year.
    pub year: Year,
}

/// `commitmentEntered`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitmentEnteredV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Economic category code.
    pub category: Option<String>,
    /// Who pays which part.
    pub charges: Vec<ChargeV1>,
    /// The commitment.
    pub commitment: EntryName,
    /// The own charge above the available budget, taken with an explanation.
    pub overspend: Cents,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// Task-field code.
    pub taakveld: Option<String>,
    /// Coded dimensions.
    pub tags: BTreeMap<String, String>,
    /// The year it is bound to, or of delivery.
    pub year: Year,
}

/// `commitmentRaised` and `commitmentReleased`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitmentChangedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Who pays which part.
    pub charges: Vec<ChargeV1>,
    /// The commitment.
    pub commitment: EntryName,
    /// The own charge above the available budget, taken with an explanation.
    pub overspend: Cents,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The year it is bound to, or of delivery.
    pub year: Year,
}

/// `expenditurePosted`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditurePostedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Economic category code.
    pub category: Option<String>,
    /// Who pays which part.
    pub charges: Vec<ChargeV1>,
    /// The commitment.
    pub commitment: Option<EntryName>,
    /// What it used of its commitment.
    pub drawn_down: Option<DrawDownV1>,
    /// The expenditure.
    pub expenditure: EntryName,
    /// The own charge above the available budget, taken with an explanation.
    pub overspend: Cents,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// Task-field code.
    pub taakveld: Option<String>,
    /// Coded dimensions.
    pub tags: BTreeMap<String, String>,
    /// The year it is bound to, or of delivery.
    pub year: Year,
}

/// `expenditureCorrected`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditureCorrectedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Who pays which part.
    pub charges: Vec<ChargeV1>,
    /// The correction.
    pub correction: EntryName,
    /// The expenditure.
    pub expenditure: EntryName,
    /// What goes back to its commitment.
    pub given_back: Option<DrawDownV1>,
    /// The own charge above the available budget, taken with an explanation.
    pub overspend: Cents,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The year it is bound to, or of delivery.
    pub year: Year,
}

/// `expenditureReversed`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditureReversedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Who pays which part.
    pub charges: Vec<ChargeV1>,
    /// The expenditure.
    pub expenditure: EntryName,
    /// What goes back to its commitment.
    pub given_back: Option<DrawDownV1>,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The year it is bound to, or of delivery.
    pub year: Year,
}

/// `cofinancingExpected` and `cofinancingPledged`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CofinancingPromisedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// The funder.
    pub funder: Name,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The part of each entry that the funder pays.
    pub share: Option<Share>,
    /// The year it is bound to, or of delivery.
    pub year: Option<Year>,
}

/// `cofinancingReceived`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CofinancingReceivedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// The funder.
    pub funder: Name,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The receipt.
    pub receipt: EntryName,
}
