//! Questions at a date: `asOf` filters on the booking date, `knownAt` on what the ledger knew.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicU64, Ordering},
};

use ledger_contract::{
    command::Fault,
    event::{Event, Stream},
    report::{BudgetPosition, Funding, Head, KnownAt, Underspend},
    value::{At, Day, Instant, Name},
};
use ledger_domain::{Code, Date, Id, Refusal, Year};
use ledger_projections::{GroupBy, ProgrammeProjection, Query};
use ledger_store::{EventReader, Fatal, Recorded};

use crate::{
    clock::{Clock, today},
    gate::Gate,
    kept::Kept,
    ledger::{SharedModel, read, write},
    proofs::Proofs,
    read_model::ReadModel,
};

/// What a report is asked with. Nothing set: all of it, today, as known now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportQuery {
    /// What is booked later is not in the report; none is today in Europe/Amsterdam.
    pub as_of: Option<Date>,
    /// What the ledger knew; none is now.
    pub known_at: Option<KnownAt>,
    /// Only what is bound to this year.
    pub year: Option<Year>,
    /// Only this project.
    pub project: Option<Id>,
    /// Group the projects by this dimension.
    pub by: Option<GroupBy>,
}

/// Why a question was not answered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum QueryError {
    /// A parameter cannot be used; every fault at once.
    #[error("{}", .0.iter().map(|fault| fault.detail.as_str()).collect::<Vec<_>>().join(" "))]
    InvalidInput(Vec<Fault>),
    /// There is no such programme or project, as far as the ledger knew.
    #[error(transparent)]
    Unknown(Refusal),
    /// The record cannot be read.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

/// Everything that can be asked of the durable ledger. Many threads ask at once.
pub struct Queries<R> {
    reader: R,
    pub(crate) model: SharedModel,
    /// The number of events that the model stands on, for those who need no more of it: they wait for nobody.
    position: AtomicU64,
    gate: Gate,
    proofs: Proofs,
    pub(crate) kept: Kept,
    clock: Arc<dyn Clock>,
}

impl<R: EventReader> Queries<R> {
    pub(crate) fn new(
        reader: R,
        model: ReadModel,
        proofs: Proofs,
        kept: Kept,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            reader,
            position: AtomicU64::new(model.log_position()),
            model: Arc::new(RwLock::new(model)),
            gate: Gate::new(),
            proofs,
            kept,
            clock,
        }
    }

    /// The same queries, with a snapshot of the read model every so many events (by default every 65,536): what a
    /// question about the past reads at most. A log in memory keeps none.
    #[must_use]
    pub fn with_snapshots_every(self, events: u64) -> Self {
        Self {
            kept: self.kept.every(events),
            ..self
        }
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn proofs(&self) -> &Proofs {
        &self.proofs
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets the read model apply what became durable since, and keeps a snapshot of it when one is due.
    pub fn catch_up(&self) -> Result<(), Fatal> {
        let mut model = write(&self.model);
        let caught_up = model.catch_up(&self.reader);
        // Before anybody reads the model: who saw an event in it never sees a position before that event.
        self.position.store(model.log_position(), Ordering::Release);
        drop(model);
        caught_up?;
        self.keep();
        Ok(())
    }

    /// Keeps a snapshot of the read model when one is due.
    pub(crate) fn keep(&self) {
        self.kept.keep(&read(&self.model));
    }

    /// Makes the read model anew from what is kept of every event, and puts it in the place of the one at hand, which is
    /// given back. The two are equal: this is for whoever wants to see that, or to measure it.
    pub fn rebuild(&self) -> Result<impl Send + use<R>, Fatal> {
        let mut model = ReadModel::default();
        model.catch_up(&self.reader)?;
        let mut held = write(&self.model);
        self.position.store(model.log_position(), Ordering::Release);
        Ok(std::mem::replace(&mut *held, model))
    }

    /// The number of events that current reports stand on.
    pub fn log_position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// The reader of the record.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// A page of the programmes in the order of their ids, those after `after`: id and title.
    pub fn programmes(&self, after: Option<&Id>, limit: usize) -> Vec<(Id, String)> {
        let model = read(&self.model);
        let later = model
            .programmes()
            .filter(|(id, _)| after.is_none_or(|after| *id > after));
        later
            .take(limit)
            .map(|(id, projection)| (id.clone(), projection.title().to_owned()))
            .collect()
    }

    /// `budget-position` of a programme.
    pub fn budget_position(&self, programme: &Id, query: &ReportQuery) -> Result<BudgetPosition, QueryError> {
        self.report(programme, query, |projection, head, query| {
            ledger_projections::budget_position(projection, head, query, &|position| {
                self.explanation(position)
            })
        })
    }

    /// `underspend` of a programme.
    pub fn underspend(&self, programme: &Id, query: &ReportQuery) -> Result<Underspend, QueryError> {
        self.report(programme, query, |projection, head, query| {
            ledger_projections::underspend(projection, head, query, &|position| self.explanation(position))
        })
    }

    /// `funding` of a programme.
    pub fn funding(&self, programme: &Id, query: &ReportQuery) -> Result<Funding, QueryError> {
        self.report(programme, query, ledger_projections::funding)
    }

    /// A page of events in the order of the log: those at `from` and later, of one stream when given.
    pub fn events(&self, from: u64, limit: usize, stream: Option<&Stream>) -> Result<Vec<Recorded>, Fatal> {
        let before = self.log_position();
        let mut page = Vec::new();
        let mut take = |event: Event| {
            page.push(event);
            page.len() < limit
        };
        match stream {
            _ if limit == 0 => {}
            None => self.reader.read(from, before, &mut take)?,
            Some(stream) => {
                let after_version = self.reader.stream_version(stream, from)?;
                self.reader
                    .read_stream(stream, after_version, before, &mut take)?;
            }
        }
        page.into_iter()
            .map(|event| self.reader.details(&event).map(|details| (event, details)))
            .collect()
    }

    /// Makes a report from the read model, or when the past is asked from the snapshot before it and the events since.
    fn report<T>(
        &self,
        programme: &Id,
        query: &ReportQuery,
        make: impl FnOnce(&ProgrammeProjection, Head, &Query) -> T,
    ) -> Result<T, QueryError> {
        let known = self.position_known_at(query.known_at.as_ref())?;
        let make = |projection: Option<&ProgrammeProjection>, log_position: u64, root: String| {
            let projection = projection.ok_or_else(|| QueryError::Unknown(no_programme(programme)))?;
            if let Some(project) = query
                .project
                .as_ref()
                .filter(|project| !projection.has_project(project))
            {
                return Err(QueryError::Unknown(no_project(programme, project)));
            }
            let as_of = self.day_or_today(query.as_of);
            let head = Head {
                programme: Name(programme.clone()),
                title: projection.title().to_owned(),
                as_of: Day(as_of),
                known_at: query.known_at.clone(),
                log_position,
                root,
                year: query.year,
            };
            let asked = Query {
                as_of,
                year: query.year,
                project: query.project.clone(),
                by: query.by.clone(),
            };
            Ok(make(projection, head, &asked))
        };
        let model = read(&self.model);
        if query.known_at.is_none() || known == model.log_position() {
            return make(model.programme(programme), model.log_position(), model.root());
        }
        drop(model);
        let stream = Stream::Programme(programme.clone());
        let projection = self.kept.known_at(&self.reader, &stream, known)?;
        make(projection.as_ref(), known, self.root_text(known)?)
    }

    pub(crate) fn day_or_today(&self, as_of: Option<Date>) -> Date {
        as_of.unwrap_or_else(|| today(self.clock.now()))
    }

    /// The number of events that the ledger had. An answer about an instant is a promise: see the gate.
    pub(crate) fn position_known_at(&self, known_at: Option<&KnownAt>) -> Result<u64, QueryError> {
        match known_at {
            None => Ok(self.log_position()),
            Some(KnownAt::Position(position)) => {
                let head = self.log_position();
                if *position > head {
                    let sentence =
                        format!("The log has {head} events, so it was never at position {position}.");
                    return Err(QueryError::InvalidInput(vec![fault("knownAt", sentence)]));
                }
                Ok(*position)
            }
            Some(KnownAt::Instant(At(instant))) => {
                let now = self.clock.now();
                if *instant > now {
                    let sentence = format!("The instant {instant} lies in the future; it is {now}.");
                    return Err(QueryError::InvalidInput(vec![fault("knownAt", sentence)]));
                }
                self.gate.answer(*instant);
                Ok(self.reader.size_at(*instant)?)
            }
        }
    }

    pub(crate) fn event_at(&self, position: u64) -> Result<Option<Event>, Fatal> {
        let mut found = None;
        self.reader.read(position, position + 1, &mut |event| {
            found = Some(event);
            false
        })?;
        Ok(found)
    }
}

/// A fault of one parameter. Some who make the sentence leave its full stop to whoever shows it.
pub(crate) fn fault(parameter: &str, mut sentence: String) -> Fault {
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    Fault {
        pointer: format!("/{parameter}"),
        detail: sentence,
    }
}

/// The refusal of whoever names a programme that is not there.
pub(crate) fn no_programme(programme: &Id) -> Refusal {
    Refusal::new(
        Code::UnknownProgramme,
        format!("There is no programme {programme}."),
    )
}

/// The refusal of whoever names a project that is not there.
pub(crate) fn no_project(programme: &Id, project: &Id) -> Refusal {
    let sentence = format!("Programme {programme} has no project {project}.");
    Refusal::new(Code::UnknownProject, sentence)
}
