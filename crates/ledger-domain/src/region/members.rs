//! Who belongs to a region, from when, and who took over from whom.

use super::{AdmitMunicipality, MergeMunicipalities};
use crate::{Date, Municipality, Year};
use std::collections::BTreeMap;

/// The 1 January of a year, on which a year's members are counted.
pub fn first_day(year: Year) -> Date {
    // Every year has a 1 January.
    Date::from_ymd(year, 1, 1).unwrap_or(Date::from_epoch_days(0))
}

/// One municipality of a region, also after it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name; a successor's name is that of the last merger.
    pub name: String,
    /// Its first day as a member.
    pub from: Date,
    /// When it ended and who took over; none while it goes on.
    pub merged: Option<Merged>,
}

/// The end of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The successor's first day.
    pub on: Date,
    /// The successor.
    pub into: Municipality,
}

/// Every municipality that is or was a member.
///
/// Membership goes by the dates of admissions and mergers themselves, whatever date is asked: who shares a year is
/// known before that year's first day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(BTreeMap<Municipality, Member>);

impl Members {
    pub(super) fn admit(&mut self, admitted: &AdmitMunicipality) {
        let member = Member {
            name: admitted.name.clone(),
            from: admitted.from,
            merged: None,
        };
        self.0.insert(admitted.municipality, member);
    }

    pub(super) fn merge(&mut self, merger: &MergeMunicipalities) {
        for municipality in &merger.from {
            if let Some(member) = self.0.get_mut(municipality) {
                member.merged = Some(Merged {
                    on: merger.effective_on,
                    into: merger.into,
                });
            }
        }
        let successor = self.0.entry(merger.into).or_insert_with(|| Member {
            name: String::new(),
            from: merger.effective_on,
            merged: None,
        });
        successor.name.clone_from(&merger.name);
    }

    /// The municipality, if it is or was a member.
    pub fn get(&self, municipality: Municipality) -> Option<&Member> {
        self.0.get(&municipality)
    }

    /// Whether a municipality is a member on a day.
    pub fn is_member(&self, municipality: Municipality, on: Date) -> bool {
        self.get(municipality).is_some_and(|member| member.on(on))
    }

    /// The members of a year, by code: those on its 1 January.
    pub fn of_year(&self, year: Year) -> Vec<Municipality> {
        let on = first_day(year);
        let members = self.0.iter().filter(|(_, member)| member.on(on));
        members.map(|(municipality, _)| *municipality).collect()
    }

    /// Who stands in a municipality's place on a day: itself, or who took over by then.
    pub fn successor(&self, municipality: Municipality, on: Date) -> Municipality {
        let mut current = municipality;
        // Nobody merges into one that has ended, so no path comes back; the bound holds for any log.
        for _ in 0..self.0.len() {
            match self.get(current).and_then(|member| member.merged) {
                Some(merged) if merged.on <= on => current = merged.into,
                _ => break,
            }
        }
        current
    }

    /// Every municipality that is or was a member, by code.
    pub fn iter(&self) -> impl Iterator<Item = (Municipality, &Member)> {
        self.0
            .iter()
            .map(|(municipality, member)| (*municipality, member))
    }
}

impl Member {
    fn on(&self, day: Date) -> bool {
        self.from <= day && self.merged.is_none_or(|merged| day < merged.on)
    }
}
