//! What a controller can ask of a programme. Field names and meaning: `crates/ledger-contract/README.md`.

use crate::{Date, Decision, EntryId, Fraction, Id, Money, Municipality, Tags, Year};

/// One source that pays one part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// A funder, or `programme` for own money.
    pub source: Id,
    /// Positive in entries; signed in corrections.
    pub amount: Money,
}

/// What happens when own charges exceed the available budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverspendPolicy {
    /// They are refused.
    #[default]
    Refuse,
    /// They are taken with an explanation.
    Explain,
}

/// Every command of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// See [`EstablishProgramme`].
    EstablishProgramme(EstablishProgramme),
    /// See [`AmendAuthorisation`].
    AmendAuthorisation(AmendAuthorisation),
    /// See [`OpenProject`].
    OpenProject(OpenProject),
    /// See [`ReopenProject`].
    ReopenProject(ReopenProject),
    /// See [`AllocateBudget`].
    AllocateBudget(AllocateBudget),
    /// See [`TransferBudget`].
    TransferBudget(TransferBudget),
    /// See [`CarryOverBudget`].
    CarryOverBudget(CarryOverBudget),
    /// See [`EnterCommitment`].
    EnterCommitment(EnterCommitment),
    /// See [`ChangeCommitment`].
    RaiseCommitment(ChangeCommitment),
    /// See [`ChangeCommitment`].
    ReleaseCommitment(ChangeCommitment),
    /// See [`PostExpenditure`].
    PostExpenditure(PostExpenditure),
    /// See [`CorrectExpenditure`].
    CorrectExpenditure(CorrectExpenditure),
    /// See [`ReverseExpenditure`].
    ReverseExpenditure(ReverseExpenditure),
    /// See [`PromiseCofinancing`].
    ExpectCofinancing(PromiseCofinancing),
    /// See [`PromiseCofinancing`].
    PledgeCofinancing(PromiseCofinancing),
    /// See [`ReceiveCofinancing`].
    ReceiveCofinancing(ReceiveCofinancing),
    /// See [`RecordForecast`].
    RecordForecast(RecordForecast),
    /// See [`ExplainFigure`].
    ExplainFigure(ExplainFigure),
    /// See [`ClosePeriod`].
    ClosePeriod(ClosePeriod),
    /// See [`CloseProject`].
    CloseProject(CloseProject),
    /// See [`CloseProgramme`].
    CloseProgramme(CloseProgramme),
}

/// The council authorises one sum for one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstablishProgramme {
    /// The new programme.
    pub programme: Id,
    /// Its name.
    pub title: String,
    /// The municipality whose council decided.
    pub municipality: Municipality,
    /// Entries lie on or after this day.
    pub starts_on: Date,
    /// Entries after this day are taken and flagged.
    pub ends_on: Date,
    /// The authorised sum, positive.
    pub authorised: Money,
    /// The council's decision.
    pub decision: Decision,
    /// What happens when own charges exceed the available budget.
    pub overspend: OverspendPolicy,
}

/// The authorised sum goes up or down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendAuthorisation {
    /// The change, signed.
    pub amount: Money,
    /// The council's decision.
    pub decision: Decision,
}

/// A project through which the sum is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenProject {
    /// The new project.
    pub project: Id,
    /// Its name.
    pub title: String,
    /// The theme it is reported under.
    pub theme: Option<String>,
    /// The official task-field code of its entries, unless an entry says otherwise.
    pub taakveld: Option<String>,
    /// The law that its costs fall under.
    pub law: Option<String>,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day.
    pub ends_on: Option<Date>,
    /// Whether money is found for after the end.
    pub follow_up_funding: Option<bool>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// A closed project takes postings again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReopenProject {
    /// The closed project.
    pub project: Id,
    /// The decision to reopen it.
    pub decision: Decision,
}

/// Part of the authorised sum is given to a project, or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocateBudget {
    /// The project.
    pub project: Id,
    /// Signed.
    pub amount: Money,
    /// The year that the money is bound to; none for multi-year money.
    pub year: Option<Year>,
    /// The decision.
    pub decision: Decision,
}

/// Budget moves from one project to another; it nets to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferBudget {
    /// Gives.
    pub from_project: Id,
    /// Takes.
    pub to_project: Id,
    /// Positive.
    pub amount: Money,
    /// The year that the money is bound to on both sides; none for multi-year money.
    pub year: Option<Year>,
    /// The decision.
    pub decision: Decision,
}

/// Unspent year-bound money moves to a later year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryOverBudget {
    /// The project.
    pub project: Id,
    /// The year that it was bound to.
    pub from_year: Year,
    /// The later year that it is bound to from now on.
    pub to_year: Year,
    /// Positive.
    pub amount: Money,
    /// The decision.
    pub decision: Decision,
    /// Whose year-bound pledge moves; none for own budget.
    pub funder: Option<Id>,
}

/// A contract or order reserves budget before the invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterCommitment {
    /// The project.
    pub project: Id,
    /// The client's id.
    pub commitment: EntryId,
    /// Positive.
    pub amount: Money,
    /// An explicit split; none to let the pledges' shares decide.
    pub charges: Option<Vec<Charge>>,
    /// The year of delivery; none for that of the booking date.
    pub year: Option<Year>,
    /// The task-field code, where it differs from the project's.
    pub taakveld: Option<String>,
    /// The economic category code.
    pub category: Option<String>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// A commitment is raised, or its open part is (partly) released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCommitment {
    /// The commitment.
    pub commitment: EntryId,
    /// Positive.
    pub amount: Money,
}

/// A booked cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostExpenditure {
    /// The project.
    pub project: Id,
    /// The client's id.
    pub expenditure: EntryId,
    /// Positive.
    pub amount: Money,
    /// The commitment that it draws down.
    pub commitment: Option<EntryId>,
    /// An explicit split; none to follow the commitment and the pledges' shares.
    pub charges: Option<Vec<Charge>>,
    /// The year of delivery; none for that of the booking date.
    pub year: Option<Year>,
    /// The task-field code, where it differs from the project's.
    pub taakveld: Option<String>,
    /// The economic category code.
    pub category: Option<String>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// An expenditure goes up or down by a new fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectExpenditure {
    /// The expenditure.
    pub expenditure: EntryId,
    /// The client's id of the correction.
    pub correction: EntryId,
    /// Signed.
    pub amount: Money,
    /// An explicit signed split; none to follow the entry's net charges.
    pub charges: Option<Vec<Charge>>,
}

/// What is left of an expenditure is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseExpenditure {
    /// The expenditure.
    pub expenditure: EntryId,
}

/// A funder is expected to pay along, or pledges to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseCofinancing {
    /// The project.
    pub project: Id,
    /// The funder.
    pub funder: Id,
    /// Signed; amounts add up.
    pub amount: Money,
    /// The part of each entry that the funder pays; the last one given holds.
    pub share: Option<Fraction>,
    /// The year that the money is bound to; none for multi-year money.
    pub year: Option<Year>,
}

/// A funder pays, or is repaid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveCofinancing {
    /// The project.
    pub project: Id,
    /// The funder.
    pub funder: Id,
    /// The client's id of the receipt.
    pub receipt: EntryId,
    /// Signed: negative is repaid.
    pub amount: Money,
}

/// What is expected to be spent in all by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordForecast {
    /// The project; none for the whole programme.
    pub project: Option<Id>,
    /// The day that the forecast is for.
    pub forecast_for: Date,
    /// Expected own expenditure up to and including that day.
    pub amount: Money,
}

/// A text that belongs to a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainFigure {
    /// The project; none for the whole programme.
    pub project: Option<Id>,
    /// The name of the figure.
    pub figure: String,
    /// Whether the explanation says that the sources contradict each other.
    pub source_contradiction: bool,
}

/// No bookings on or before this day any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosePeriod {
    /// The last closed day.
    pub through: Date,
}

/// A project ends; what remains is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseProject {
    /// The project.
    pub project: Id,
    /// The decision.
    pub decision: Decision,
}

/// The programme ends; every project is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseProgramme {
    /// The decision.
    pub decision: Decision,
}
