//! The case at hand: one command against one region, with the checks that many commands share.

use crate::region::{Command, Cost, Entries, EntryKind, Event, Group, Region};
use crate::{Code, Date, EntryId, Id, Money, Municipality, Posting, Refusal, Year, checks::Checks};

pub(super) struct Case<'a> {
    pub(super) region: &'a Region,
    pub(super) entries: &'a dyn Entries,
    pub(super) posting: Posting,
    pub(super) checks: Checks,
}

impl<'a> Case<'a> {
    /// Starts with what depends on no more than the kind of command and its date.
    pub(super) fn new(
        region: &'a Region,
        entries: &'a dyn Entries,
        posting: Posting,
        checks: Checks,
        command: &Command,
    ) -> Self {
        let mut case = Self {
            region,
            entries,
            posting,
            checks,
        };
        // Explanations move no money: no figure of a closed period changes by them.
        if !matches!(command, Command::ExplainRegion(_)) {
            let date = match command {
                Command::AdmitMunicipality(c) => c.from,
                Command::MergeMunicipalities(c) => c.effective_on,
                Command::CloseRegionPeriod(c) => c.through,
                _ => posting.booking_date,
            };
            case.check_period(date);
        }
        case
    }

    fn check_period(&mut self, date: Date) {
        if let Some(closed) = self.region.closed_through.filter(|closed| date <= *closed) {
            self.checks.refuse(Code::PeriodClosed, || {
                format!("The books are closed through {closed}, and {date} is not after it.")
            });
        }
    }

    /// A municipality that is or was a member.
    pub(super) fn known(&mut self, municipality: Municipality) {
        let unknown = self.region.members.get(municipality).is_none();
        self.checks.refuse_if(unknown, Code::UnknownMunicipality, || {
            format!("The region never had a member {municipality}.")
        });
    }

    /// A member on the first day of the year.
    pub(super) fn member_of(&mut self, year: Year, municipality: Municipality) {
        self.known(municipality);
        let region = self.region;
        let member = region
            .members
            .is_member(municipality, crate::region::first_day(year));
        self.checks.refuse_if(!member, Code::NotAMember, || {
            format!(
                "{} is no member on 1 January {year}{}.",
                municipality,
                self::membership(region, municipality)
            )
        });
    }

    pub(super) fn group(&mut self, id: &Id) -> Result<&'a Group, Refusal> {
        let found = self.region.groups.get(id.as_str());
        self.checks.need(found, Code::UnknownGroup, || {
            format!("The region has no cost group {id}.")
        })
    }

    pub(super) fn cost(&mut self, id: &EntryId) -> Result<Cost, Refusal> {
        self.checks.need(self.entries.cost(id), Code::UnknownCost, || {
            format!("The region has no cost {id}.")
        })
    }

    pub(super) fn new_entry(&mut self, kind: EntryKind, id: &EntryId) {
        let taken = self.entries.is_taken(kind, id);
        self.checks.refuse_if(taken, Code::DuplicateEntry, || {
            let kind = match kind {
                EntryKind::Cost => "a cost",
                EntryKind::CostCorrection => "a correction",
                EntryKind::Advance => "an advance",
            };
            format!("There is {kind} {id} already; ids are unique per kind in the region.")
        });
    }

    /// More amounts for a year, signs aside; together with all before them they must fit.
    pub(super) fn in_range(&mut self, year: Year, amounts: impl IntoIterator<Item = Money>) {
        let before = self.region.years.get(&year).map_or(0, |year| year.volume);
        let more: i128 = amounts
            .into_iter()
            .map(|amount| i128::from(amount.abs().cents()))
            .sum();
        let after = before + more;
        self.checks.refuse_if(
            after > i128::from(Money::MAX.cents()),
            Code::TotalOutOfRange,
            || {
                format!(
                    "All amounts recorded for {year} would pass {} together, signs aside.",
                    Money::MAX
                )
            },
        );
    }

    /// The event, unless something was broken.
    pub(super) fn finish(self, event: Event) -> Result<Event, Refusal> {
        self.checks.verdict().map(|()| event)
    }
}

/// Since when, and until when, for the sentence of a refusal.
fn membership(region: &Region, municipality: Municipality) -> String {
    let Some(member) = region.members.get(municipality) else {
        return String::new();
    };
    match member.merged {
        Some(merged) => format!(
            ": it was one from {} and went into {} on {}",
            member.from, merged.into, merged.on
        ),
        None => format!(": it is one from {}", member.from),
    }
}
