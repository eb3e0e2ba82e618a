//! One region's events folded: all that its reports read.

use std::collections::BTreeMap;

use ledger_contract::{
    event::Event,
    report::{RegionFigureExplanation, ShareFigures},
    value::{Cents, Day, MunicipalityCode},
};
use ledger_domain::{
    Date, Id, Municipality, Year,
    region::{
        CostFact, Event as RegionEvent, GroupStatement, Recorded, Region, SettlementDrawnUp,
        SettlementShareDrawn, Share,
    },
};

/// The fold of one region's events, in the order of recording, up to some position of the log.
///
/// Costs are held as the rules hold them: sums per day, and the days of clients where a stop-loss needs them. Beside
/// that it keeps names, the frozen settlements, and where explanations stand, without their texts.
#[derive(Clone, Debug, Default)]
pub struct RegionProjection {
    title: String,
    /// Where the events stand that are no costs: what its sums do not tell; see `region_sums`.
    pub(crate) positions: Vec<u64>,
    pub(crate) state: Region,
    group_titles: BTreeMap<Id, String>,
    pub(crate) settlements: BTreeMap<Id, Frozen>,
    notes: Vec<Note>,
}

/// A settlement as it was drawn up.
#[derive(Clone, Debug)]
pub(crate) struct Frozen {
    pub(crate) position: u64,
    pub(crate) booking_date: Date,
    pub(crate) whole: SettlementDrawnUp,
    pub(crate) lines: Vec<SettlementShareDrawn>,
}

/// One explanation; its text is looked up by its position.
#[derive(Clone, Debug)]
struct Note {
    year: Year,
    municipality: Option<Municipality>,
    figure: String,
    booking_date: Date,
    position: u64,
}

impl RegionProjection {
    /// A projection of no events.
    pub fn new() -> Self {
        Self::default()
    }

    /// The region's title; empty before the region is established.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What commands are decided against.
    pub const fn state(&self) -> &Region {
        &self.state
    }

    /// Whether the municipality is or was a member, on any date.
    pub fn has_municipality(&self, municipality: Municipality) -> bool {
        self.state.members.get(municipality).is_some()
    }

    /// Whether the group was ever defined, whatever its date.
    pub fn has_group(&self, group: &Id) -> bool {
        self.state.groups.get(group.as_str()).is_some()
    }

    /// Every settlement, by id: the year that it settles, its booking date and its position in the log.
    pub fn settlements(&self) -> impl Iterator<Item = (&Id, Year, Date, u64)> {
        let settlements = self.settlements.iter();
        settlements.map(|(id, frozen)| (id, frozen.whole.year, frozen.booking_date, frozen.position))
    }

    /// Every year with costs, budgets, advances or settlements, ascending.
    pub fn years(&self) -> Vec<Year> {
        let groups = self.state.groups.values();
        let mut years: Vec<Year> = groups
            .flat_map(|group| group.years.keys())
            .chain(self.state.years.keys())
            .copied()
            .collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// Folds one event of this region's stream; events of other kinds of streams change nothing.
    pub fn apply(&mut self, event: &Event) {
        if let Some(happened) = event.data.to_region_event() {
            self.apply_event(event.position, event.booking_date, &happened);
        }
    }

    /// [`Self::apply`] for whoever has the domain's event at hand. Events come in the order of their positions.
    pub fn apply_event(&mut self, position: u64, booking_date: Date, event: &RegionEvent) {
        let recorded = Recorded {
            position,
            booking_date,
        };
        if let Some(fact) = CostFact::of(event) {
            return self.apply_cost(booking_date, &fact);
        }
        self.state.apply(recorded, event);
        self.positions.push(position);
        match event {
            RegionEvent::RegionEstablished(e) => self.title.clone_from(&e.title),
            RegionEvent::CostGroupDefined(e) => {
                self.group_titles.insert(e.group.clone(), e.title.clone());
            }
            RegionEvent::SettlementDrawnUp(e) => {
                let frozen = Frozen {
                    position,
                    booking_date,
                    whole: e.clone(),
                    lines: Vec::new(),
                };
                self.settlements.insert(e.settlement.clone(), frozen);
            }
            RegionEvent::SettlementShareDrawn(e) => {
                if let Some(frozen) = self.settlements.get_mut(&e.settlement) {
                    frozen.lines.push(e.clone());
                }
            }
            RegionEvent::RegionExplained(e) => self.notes.push(Note {
                year: e.year,
                municipality: e.municipality,
                figure: e.figure.clone(),
                booking_date,
                position,
            }),
            RegionEvent::MunicipalityAdmitted(_)
            | RegionEvent::MunicipalitiesMerged(_)
            | RegionEvent::DistributionKeySet(_)
            | RegionEvent::PhaseOutScheduled(_)
            | RegionEvent::CostRecorded(_)
            | RegionEvent::CostCorrected(_)
            | RegionEvent::CostReversed(_)
            | RegionEvent::CostsBudgeted(_)
            | RegionEvent::AdvanceInvoiced(_)
            | RegionEvent::RegionPeriodClosed(_) => {}
        }
    }

    /// Folds one change of a cost: the event of a cost is folded as this too.
    pub fn apply_cost(&mut self, booking_date: Date, fact: &CostFact<'_>) {
        self.state.apply_cost(booking_date, fact);
    }

    /// The name of a municipality; its code where it never had one.
    pub(crate) fn name(&self, municipality: Municipality) -> String {
        let member = self.state.members.get(municipality);
        member.map_or_else(|| municipality.to_string(), |member| member.name.clone())
    }

    /// The title of a group.
    pub(crate) fn group_title(&self, group: &Id) -> String {
        self.group_titles.get(group).cloned().unwrap_or_default()
    }

    /// The explanations of a year's figures. `texts` finds the text at a position; none once it is destroyed.
    pub(crate) fn explanations(
        &self,
        year: Year,
        as_of: Date,
        texts: &dyn Fn(u64) -> Option<String>,
    ) -> Vec<RegionFigureExplanation> {
        let notes = self.notes.iter();
        notes
            .filter(|note| note.year == year && note.booking_date <= as_of)
            .map(|note| RegionFigureExplanation {
                municipality: note.municipality.map(MunicipalityCode),
                figure: note.figure.clone(),
                explanation: texts(note.position),
                booking_date: Day(note.booking_date),
                position: note.position,
            })
            .collect()
    }
}

/// Whether a report lists the group: defined by then, or with something booked by then all the same.
pub(crate) fn is_listed(group: &GroupStatement<'_>, as_of: Date) -> bool {
    group.group.defined_on <= as_of || !group.is_empty() || group.budget.position.is_some()
}

/// A municipality's figures as reports write them.
pub(crate) fn figures(share: &Share) -> ShareFigures {
    ShareFigures {
        actual_cost: Cents(share.actual_cost),
        joint_share: share.joint_share.map(Cents),
        full_solidarity_share: share.full_solidarity_share.map(Cents),
        cost_share: share.cost_share.map(Cents),
        benefit: share.benefit.map(Cents),
        budgeted_share: share.budgeted_share.map(Cents),
    }
}
