//! The programme, its projects and their budget.

use std::collections::BTreeMap;

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use crate::value::{Cents, Day, MunicipalityCode, Name};

/// Who took a decision, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionV1 {
    /// The body.
    pub by: DecidedByV1,
    /// The day.
    pub decided_on: Day,
    /// Document and section.
    pub reference: String,
}

/// The bodies that can decide, schema 1; a new one goes to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedByV1 {
    /// The council.
    Council,
    /// The executive.
    Executive,
    /// An officer with a mandate.
    Mandate,
    /// A joint body.
    JointBody,
}

/// The overspend policies, schema 1; a new one goes to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverspendV1 {
    /// Refused.
    Refuse,
    /// Taken with an explanation.
    Explain,
}

/// Budget that a closed project gave back, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleasedV1 {
    /// Positive.
    pub amount: Cents,
    /// The year it was bound to.
    pub year: Option<Year>,
}

/// `programmeEstablished`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProgrammeEstablishedV1 {
    /// The authorised sum.
    pub authorised: Cents,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// Last day.
    pub ends_on: Day,
    /// Whose council decided.
    pub municipality: MunicipalityCode,
    /// What happens to own charges above the available budget.
    pub overspend: OverspendV1,
    /// The programme.
    pub programme: Name,
    /// First day.
    pub starts_on: Day,
    /// Its name.
    pub title: String,
}

/// `authorisationAmended`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorisationAmendedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The programme.
    pub programme: Name,
}

/// `projectOpened`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectOpenedV1 {
    /// Last day.
    pub ends_on: Option<Day>,
    /// Whether money is found for after the end.
    pub follow_up_funding: Option<bool>,
    /// The law its costs fall under.
    pub law: Option<String>,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// First day.
    pub starts_on: Option<Day>,
    /// Task-field code.
    pub taakveld: Option<String>,
    /// Coded dimensions.
    pub tags: BTreeMap<String, String>,
    /// Theme it is reported under.
    pub theme: Option<String>,
    /// Its name.
    pub title: String,
}

/// `projectReopened`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectReopenedV1 {
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
}

/// `budgetAllocated`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetAllocatedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The year it is bound to, or of delivery.
    pub year: Option<Year>,
}

/// `budgetTransferred`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetTransferredV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// Gives.
    pub from_project: Name,
    /// The programme.
    pub programme: Name,
    /// Takes.
    pub to_project: Name,
    /// The year it is bound to, or of delivery.
    pub year: Option<Year>,
}

/// `budgetCarriedOver`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetCarriedOverV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The year it was bound to.
    pub from_year: Year,
    /// The funder.
    pub funder: Option<Name>,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// The later year.
    pub to_year: Year,
}

/// `forecastRecorded`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForecastRecordedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// The day it is for.
    pub forecast_for: Day,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Option<Name>,
}

/// `figureExplained`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FigureExplainedV1 {
    /// The figure.
    pub figure: String,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Option<Name>,
    /// Whether the sources contradict each other.
    pub source_contradiction: bool,
}

/// `periodClosed`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PeriodClosedV1 {
    /// The programme.
    pub programme: Name,
    /// The last closed day.
    pub through: Day,
}

/// `projectClosed`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectClosedV1 {
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The programme.
    pub programme: Name,
    /// The project.
    pub project: Name,
    /// What was given back per year.
    pub released: Vec<ReleasedV1>,
}

/// `programmeClosed`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProgrammeClosedV1 {
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The programme.
    pub programme: Name,
}
