//! The case at hand: one command against one programme, with the checks that many commands share.

use crate::programme::totals::fits;
use crate::programme::{
    Cents, Command, Commitment, Entries, EntryKind, Event, Expenditure, Programme, Project,
};
use crate::{Code, Date, EntryId, Id, Money, Posting, Refusal, checks::Checks};

pub(super) struct Case<'a> {
    pub(super) programme: &'a Programme,
    pub(super) entries: &'a dyn Entries,
    pub(super) posting: Posting,
    pub(super) checks: Checks,
}

impl<'a> Case<'a> {
    /// Starts with what depends on no more than the kind of command and its date.
    pub(super) fn new(
        programme: &'a Programme,
        entries: &'a dyn Entries,
        posting: Posting,
        checks: Checks,
        command: &Command,
    ) -> Self {
        let mut case = Self {
            programme,
            entries,
            posting,
            checks,
        };
        if !matches!(
            command,
            Command::ReceiveCofinancing(_) | Command::ExplainFigure(_)
        ) {
            case.checks
                .refuse_if(programme.closed, Code::ProgrammeClosed, || {
                    "The programme is closed and takes only receipts and explanations.".into()
                });
        }
        // Forecasts and explanations move no money: no figure of a closed period changes by them.
        if !matches!(command, Command::RecordForecast(_) | Command::ExplainFigure(_)) {
            case.check_period(command);
        }
        if is_entry(command) {
            let (date, starts_on) = (posting.booking_date, programme.starts_on);
            case.checks.refuse_if(date < starts_on, Code::BeforeStart, || {
                format!("The programme starts on {starts_on} and takes no entry dated {date}.")
            });
        }
        case
    }

    fn check_period(&mut self, command: &Command) {
        let date = match command {
            Command::ClosePeriod(c) => c.through,
            _ => self.posting.booking_date,
        };
        if let Some(closed) = self.programme.closed_through.filter(|closed| date <= *closed) {
            self.checks.refuse(Code::PeriodClosed, || {
                format!("The books are closed through {closed}, and {date} is not after it.")
            });
        }
    }

    /// The project, open or closed.
    pub(super) fn project(&mut self, id: &Id) -> Result<&'a Project, Refusal> {
        let found = self.programme.projects.get(id);
        self.checks.need(found, Code::UnknownProject, || {
            format!("The programme has no project {id}.")
        })
    }

    /// The project, which must be open.
    pub(super) fn open_project(&mut self, id: &Id) -> Result<&'a Project, Refusal> {
        let project = self.project(id)?;
        self.checks.refuse_if(project.closed, Code::ProjectClosed, || {
            format!("Project {id} is closed and takes only receipts and explanations.")
        });
        Ok(project)
    }

    pub(super) fn commitment(&mut self, id: &EntryId) -> Result<Commitment, Refusal> {
        self.checks
            .need(self.entries.commitment(id), Code::UnknownCommitment, || {
                format!("The programme has no commitment {id}.")
            })
    }

    pub(super) fn expenditure(&mut self, id: &EntryId) -> Result<Expenditure, Refusal> {
        self.checks
            .need(self.entries.expenditure(id), Code::UnknownExpenditure, || {
                format!("The programme has no expenditure {id}.")
            })
    }

    pub(super) fn new_entry(&mut self, kind: EntryKind, id: &EntryId) {
        let taken = self.entries.is_taken(kind, id);
        self.checks.refuse_if(taken, Code::DuplicateEntry, || {
            let kind = match kind {
                EntryKind::Expenditure => "Expenditure",
                EntryKind::Commitment => "Commitment",
                EntryKind::Correction => "Correction",
                EntryKind::Receipt => "Receipt",
            };
            format!("{kind} {id} exists; ids are unique per kind in the programme.")
        });
    }

    pub(super) fn not_before_entry(&mut self, entry: &EntryId, entered: Date) {
        let date = self.posting.booking_date;
        self.checks.refuse_if(date < entered, Code::DatedBeforeEntry, || {
            format!("Entry {entry} is booked on {entered} and cannot change on {date}, before it.")
        });
    }

    /// A running sum of one project, `total` after the command, which must stay within range.
    pub(super) fn in_range(&mut self, name: &str, total: Cents) {
        self.checks
            .refuse_if(!fits(total), Code::TotalOutOfRange, || out_of_range(name));
    }

    /// The event, unless something was broken or a total of the programme would leave its range.
    pub(super) fn finish(mut self, event: Event) -> Result<Event, Refusal> {
        let mut totals = self.programme.totals;
        totals.apply(&event);
        if let Some(name) = totals.out_of_range() {
            self.checks.refuse(Code::TotalOutOfRange, || out_of_range(name));
        }
        self.checks.verdict().map(|()| event)
    }
}

fn out_of_range(name: &str) -> String {
    format!(
        "The {name} would not lie between -{max} and {max}.",
        max = Money::MAX
    )
}

/// Whether the command is dated as an entry: on or after the start. Decisions and pledges may be earlier.
fn is_entry(command: &Command) -> bool {
    matches!(
        command,
        Command::EnterCommitment(_)
            | Command::RaiseCommitment(_)
            | Command::ReleaseCommitment(_)
            | Command::PostExpenditure(_)
            | Command::CorrectExpenditure(_)
            | Command::ReverseExpenditure(_)
            | Command::ReceiveCofinancing(_)
    )
}
