//! What was decided, in the past tense. Replay reads these and never decides again.

use super::{
    AllocateBudget, AmendAuthorisation, CarryOverBudget, Charge, ClosePeriod, CloseProgramme,
    EstablishProgramme, ExplainFigure, OpenProject, PromiseCofinancing, ReceiveCofinancing, RecordForecast,
    ReopenProject, TransferBudget,
};
use crate::{Decision, EntryId, Id, Money, Tags, Year};

/// Every event of a programme. Where nothing is decided beyond the command, the event holds the command's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The programme exists.
    ProgrammeEstablished(EstablishProgramme),
    /// The authorised sum changed.
    AuthorisationAmended(AmendAuthorisation),
    /// A project exists.
    ProjectOpened(OpenProject),
    /// A closed project takes postings again.
    ProjectReopened(ReopenProject),
    /// Budget was given or taken back.
    BudgetAllocated(AllocateBudget),
    /// Budget moved between projects.
    BudgetTransferred(TransferBudget),
    /// Budget or a pledge moved to a later year.
    BudgetCarriedOver(CarryOverBudget),
    /// A commitment reserves budget.
    CommitmentEntered(CommitmentEntered),
    /// A commitment reserves more.
    CommitmentRaised(CommitmentChanged),
    /// A commitment reserves less.
    CommitmentReleased(CommitmentChanged),
    /// A cost was booked.
    ExpenditurePosted(ExpenditurePosted),
    /// A booked cost went up or down.
    ExpenditureCorrected(ExpenditureCorrected),
    /// What was left of a booked cost was undone.
    ExpenditureReversed(ExpenditureReversed),
    /// Co-financing is expected.
    CofinancingExpected(PromiseCofinancing),
    /// Co-financing is pledged.
    CofinancingPledged(PromiseCofinancing),
    /// Co-financing came in or was repaid.
    CofinancingReceived(ReceiveCofinancing),
    /// A forecast was made.
    ForecastRecorded(RecordForecast),
    /// A figure was explained.
    FigureExplained(ExplainFigure),
    /// A period closed.
    PeriodClosed(ClosePeriod),
    /// A project closed.
    ProjectClosed(ProjectClosed),
    /// The programme closed.
    ProgrammeClosed(CloseProgramme),
}

/// A commitment with the charges that were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentEntered {
    /// The project.
    pub project: Id,
    /// The client's id.
    pub commitment: EntryId,
    /// Positive.
    pub amount: Money,
    /// Who pays which part: positive, each source once, in byte order of the source, summing to the amount.
    pub charges: Vec<Charge>,
    /// The year of delivery.
    pub year: Year,
    /// The part of the own charge that exceeded the available budget and was taken with an explanation.
    pub overspend: Money,
    /// The task-field code, where it differs from the project's.
    pub taakveld: Option<String>,
    /// The economic category code.
    pub category: Option<String>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// A raise or a release with the charges that were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentChanged {
    /// The commitment's project.
    pub project: Id,
    /// The commitment.
    pub commitment: EntryId,
    /// Positive, for a raise and for a release.
    pub amount: Money,
    /// By how much each source's part rises (raise) or falls (release): positive, summing to the amount.
    pub charges: Vec<Charge>,
    /// The commitment's year.
    pub year: Year,
    /// As in [`CommitmentEntered`]; zero for a release.
    pub overspend: Money,
}

/// The part of a commitment that an expenditure used, or gave back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawDown {
    /// The commitment.
    pub commitment: EntryId,
    /// The commitment's year.
    pub year: Year,
    /// By how much each source's part of the open commitment changes; positive in either direction.
    pub charges: Vec<Charge>,
}

/// A booked cost with the charges that were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenditurePosted {
    /// The project.
    pub project: Id,
    /// The client's id.
    pub expenditure: EntryId,
    /// Positive.
    pub amount: Money,
    /// The commitment that the client named.
    pub commitment: Option<EntryId>,
    /// Who pays which part: positive, each source once, in byte order of the source, summing to the amount.
    pub charges: Vec<Charge>,
    /// The year of delivery.
    pub year: Year,
    /// What it used of its commitment; none without one, and when nothing of it was open.
    pub drawn_down: Option<DrawDown>,
    /// As in [`CommitmentEntered`].
    pub overspend: Money,
    /// The task-field code, where it differs from the project's.
    pub taakveld: Option<String>,
    /// The economic category code.
    pub category: Option<String>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// A correction with the charges that were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenditureCorrected {
    /// The expenditure's project.
    pub project: Id,
    /// The expenditure.
    pub expenditure: EntryId,
    /// The client's id of the correction.
    pub correction: EntryId,
    /// Signed.
    pub amount: Money,
    /// By how much each source's part changes: signed, never zero, summing to the amount.
    pub charges: Vec<Charge>,
    /// The expenditure's year.
    pub year: Year,
    /// What goes back to the open part of its commitment.
    pub given_back: Option<DrawDown>,
    /// As in [`CommitmentEntered`].
    pub overspend: Money,
}

/// A reversal with what it undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenditureReversed {
    /// The expenditure's project.
    pub project: Id,
    /// The expenditure.
    pub expenditure: EntryId,
    /// What was undone, as a change: negative, or zero when corrections had brought the entry to zero.
    pub amount: Money,
    /// By how much each source's part changes: negative, summing to the amount.
    pub charges: Vec<Charge>,
    /// The expenditure's year.
    pub year: Year,
    /// What goes back to the open part of its commitment.
    pub given_back: Option<DrawDown>,
}

/// A closed project with what it released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectClosed {
    /// The project.
    pub project: Id,
    /// The decision.
    pub decision: Decision,
    /// The released budget per year it was bound to (none: multi-year), positive, in order of year, multi-year first.
    pub released: Vec<Released>,
}

/// Budget that a closed project gave back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// The year that the money was bound to; none for multi-year money.
    pub year: Option<Year>,
    /// Positive.
    pub amount: Money,
}
