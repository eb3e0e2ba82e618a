//! One programme's events as daily sums: all that its reports read.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use ledger_contract::event::Event;
use ledger_domain::{
    Date, DaySums, Id, Money, Tags, Year,
    programme::{EntryFact, Event as ProgrammeEvent, OpenProject, RecordForecast},
};

use crate::{
    code_table::CodeTable,
    deltas::{Delta, Part, deltas, entry_deltas},
};

/// The fold of one programme's events, in the order of recording, up to some position of the log.
///
/// It grows with days, projects, years and funders, not with entries. Only explanations and forecasts are kept one by
/// one, without their texts, which can be destroyed.
#[derive(Clone, Debug, Default)]
pub struct ProgrammeProjection {
    title: String,
    /// Where the events stand that are no entries: what its sums do not tell; see `programme_sums`.
    pub(crate) positions: Vec<u64>,
    pub(crate) ends_on: Option<Date>,
    pub(crate) authorised: DaySums,
    /// In the order of opening.
    pub(crate) projects: Vec<Project>,
    by_id: HashMap<Id, usize, RandomState>,
    /// Of the programme as a whole.
    pub(crate) notes: Notes,
}

/// One project with its sums.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: Id,
    pub(crate) title: String,
    pub(crate) theme: Option<String>,
    pub(crate) law: Option<String>,
    pub(crate) taakveld: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) opened_on: Date,
    /// Its own last day; the programme's where it has none.
    pub(crate) ends_on: Option<Date>,
    pub(crate) follow_up_funding: Option<bool>,
    /// In the order of recording; keys of `sums` count from 1 here, 0 is own money.
    pub(crate) funders: Vec<Funder>,
    pub(crate) sums: BTreeMap<Key, DaySums>,
    pub(crate) firsts: Firsts,
    pub(crate) notes: Notes,
}

/// One funder of a project.
#[derive(Clone, Debug)]
pub(crate) struct Funder {
    pub(crate) id: Id,
    /// Booking date and position of each event that was booked earlier than all before it: dates fall, positions rise.
    pub(crate) firsts: Vec<(Date, u64)>,
}

/// One series of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) year: Option<Year>,
    /// 0 for own money, then the project's funders.
    pub(crate) source: usize,
    pub(crate) part: Part,
}

/// The earliest booking date on which something happened that a flag tells: at any later date it is told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Firsts {
    /// An entry that overspends, with an explanation.
    pub(crate) explained_overspend: Option<Date>,
    /// A task-field code that is not valid in the year of its booking.
    pub(crate) invalid_code: Option<Date>,
    /// An entry after the end.
    pub(crate) after_end: Option<Date>,
    /// An explanation that says that the sources contradict each other.
    pub(crate) contradiction: Option<Date>,
}

/// Where explanations and forecasts stand, in the order of recording.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) explanations: Vec<Note>,
    /// Explained overspends: the last entry of each day.
    pub(crate) overspends: BTreeMap<Date, u64>,
    pub(crate) forecasts: Vec<Forecast>,
}

/// One explanation; its text is looked up by its position.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) figure: String,
    pub(crate) booking_date: Date,
    pub(crate) position: u64,
}

/// Own expenditure that is expected in all, up to and including a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forecast {
    pub(crate) booking_date: Date,
    /// The day that it is for.
    pub(crate) through: Date,
    pub(crate) amount: Money,
}

impl ProgrammeProjection {
    /// A projection of no events.
    pub fn new() -> Self {
        Self::default()
    }

    /// The programme's title; empty before the programme is established.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether the project was ever opened, whatever its date.
    pub fn has_project(&self, project: &Id) -> bool {
        self.by_id.contains_key(project)
    }

    /// Folds one event of this programme's stream; events of other kinds of streams change nothing.
    pub fn apply(&mut self, event: &Event) {
        if let Some(happened) = event.data.to_programme_event() {
            self.apply_event(event.position, event.booking_date, &happened);
        }
    }

    /// [`Self::apply`] for whoever has the domain's event at hand. Events come in the order of their positions.
    ///
    /// An event of a project that was never opened changes nothing: no stream that was decided holds one.
    pub fn apply_event(&mut self, position: u64, booking_date: Date, event: &ProgrammeEvent) {
        if let Some(fact) = EntryFact::of(event) {
            return self.apply_entry(position, booking_date, &fact);
        }
        self.positions.push(position);
        match event {
            ProgrammeEvent::ProgrammeEstablished(e) => {
                self.title.clone_from(&e.title);
                self.ends_on = Some(e.ends_on);
            }
            ProgrammeEvent::ProjectOpened(e) => self.open(booking_date, e),
            ProgrammeEvent::ForecastRecorded(e) => {
                if let Some(notes) = self.notes_of(e.project.as_ref()) {
                    notes.forecasts.push(Forecast::new(booking_date, e));
                }
            }
            ProgrammeEvent::FigureExplained(e) => {
                if e.source_contradiction
                    && let Some(project) = self.project_of(e.project.as_ref().map(Id::as_str))
                {
                    keep_earliest(&mut project.firsts.contradiction, booking_date);
                }
                if let Some(notes) = self.notes_of(e.project.as_ref()) {
                    notes.explanations.push(Note {
                        figure: e.figure.clone(),
                        booking_date,
                        position,
                    });
                }
            }
            // These only add.
            _ => {}
        }
        for delta in deltas(booking_date, event) {
            match (delta.project, self.project_of(delta.project)) {
                (None, _) => self.authorised.add(booking_date, delta.amount.cents()),
                (_, Some(project)) => project.add(position, booking_date, &delta),
                (Some(_), None) => {}
            }
        }
    }

    /// Folds one change of an entry: the event of an entry is folded as this too.
    pub fn apply_entry(&mut self, position: u64, booking_date: Date, fact: &EntryFact<'_>) {
        let programme_ends_on = self.ends_on;
        let Some(project) = self.project_of(Some(fact.project)) else {
            return;
        };
        if fact.change.adds() {
            project.note_entry(position, booking_date, programme_ends_on, fact);
        }
        for delta in entry_deltas(fact) {
            project.add(position, booking_date, &delta);
        }
    }

    fn open(&mut self, booking_date: Date, opened: &OpenProject) {
        self.by_id.insert(opened.project.clone(), self.projects.len());
        self.projects.push(Project::open(booking_date, opened));
    }

    fn project_of(&mut self, project: Option<&str>) -> Option<&mut Project> {
        self.projects.get_mut(*self.by_id.get(project?)?)
    }

    fn notes_of(&mut self, project: Option<&Id>) -> Option<&mut Notes> {
        match project {
            None => Some(&mut self.notes),
            Some(project) => {
                let project = self.project_of(Some(project.as_str()));
                project.map(|project| &mut project.notes)
            }
        }
    }
}

impl Project {
    fn open(booking_date: Date, opened: &OpenProject) -> Self {
        let mut project = Self {
            id: opened.project.clone(),
            title: opened.title.clone(),
            theme: opened.theme.clone(),
            law: opened.law.clone(),
            taakveld: opened.taakveld.clone(),
            tags: opened.tags.clone(),
            opened_on: booking_date,
            ends_on: opened.ends_on,
            follow_up_funding: opened.follow_up_funding,
            funders: Vec::new(),
            sums: BTreeMap::new(),
            firsts: Firsts::default(),
            notes: Notes::default(),
        };
        project.judge_code(None, booking_date);
        project
    }

    /// What flags need to know of an entry, or of what adds to one.
    fn note_entry(
        &mut self,
        position: u64,
        booking_date: Date,
        programme_ends_on: Option<Date>,
        fact: &EntryFact<'_>,
    ) {
        if fact.overspends {
            keep_earliest(&mut self.firsts.explained_overspend, booking_date);
            self.notes.overspends.insert(booking_date, position);
        }
        // A correction or raise has its entry's code, which was judged when that was booked.
        if fact.change.begins() {
            self.judge_code(fact.taakveld, booking_date);
        }
        let ends_on = self.ends_on.or(programme_ends_on);
        if ends_on.is_some_and(|ends_on| booking_date > ends_on) {
            keep_earliest(&mut self.firsts.after_end, booking_date);
        }
    }

    /// Judges an entry's own code, else the project's, in the year of the booking.
    fn judge_code(&mut self, code: Option<&str>, booking_date: Date) {
        let code = code.or(self.taakveld.as_deref());
        if code.is_some_and(|code| !CodeTable::official().accepts(code, booking_date.year())) {
            keep_earliest(&mut self.firsts.invalid_code, booking_date);
        }
    }

    fn add(&mut self, position: u64, booking_date: Date, delta: &Delta<'_>) {
        let source = |funder| self.source(funder, position, booking_date);
        let key = Key {
            year: delta.year,
            source: delta.funder.map_or(0, source),
            part: delta.part,
        };
        self.sums
            .entry(key)
            .or_default()
            .add(booking_date, delta.amount.cents());
    }

    /// A project has few funders, so looking through them beats a table.
    fn source(&mut self, funder: &str, position: u64, booking_date: Date) -> usize {
        let known = self.funders.iter().position(|known| known.id.as_str() == funder);
        let at = known.unwrap_or_else(|| {
            let new = Id::new(funder).map(|id| Funder {
                id,
                firsts: Vec::new(),
            });
            self.funders.extend(new);
            self.funders.len().saturating_sub(1)
        });
        if let Some(funder) = self.funders.get_mut(at) {
            funder.appear(position, booking_date);
        }
        at + 1
    }
}

impl Funder {
    fn appear(&mut self, position: u64, booking_date: Date) {
        if self.firsts.last().is_none_or(|(first, _)| booking_date < *first) {
            self.firsts.push((booking_date, position));
        }
    }

    /// The position of the first event of this funder that is booked by this date.
    pub(crate) fn first_by(&self, as_of: Date) -> Option<u64> {
        let first = self.firsts.iter().find(|(date, _)| *date <= as_of);
        first.map(|(_, position)| *position)
    }
}

impl Forecast {
    const fn new(booking_date: Date, recorded: &RecordForecast) -> Self {
        Self {
            booking_date,
            through: recorded.forecast_for,
            amount: recorded.amount,
        }
    }
}

fn keep_earliest(first: &mut Option<Date>, date: Date) {
    *first = Some(first.map_or(date, |first| first.min(date)));
}
