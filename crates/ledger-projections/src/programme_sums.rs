//! A programme's projection as its sums, and made again from them.
//!
//! Whatever an entry adds is a sum or an earliest day, so the order in which entries and other events are folded makes no
//! difference: the others are folded again, and the sums of the entries are put in.

use std::collections::BTreeMap;

use ledger_contract::sums::{EntrySumsV1, FunderV1, ProgrammeSumsV1, ProjectSumsV1};
use ledger_domain::{Date, DaySums, Id};

use crate::{
    deltas::Part,
    programme::{Funder, Key, ProgrammeProjection, Project},
};

impl ProgrammeProjection {
    /// What to keep, so that the programme's entries need not be read again.
    pub fn to_sums(&self) -> ProgrammeSumsV1 {
        ProgrammeSumsV1 {
            positions: self.positions.clone(),
            projects: self.projects.iter().map(Project::to_sums).collect(),
        }
    }

    /// Puts in the sums of the entries, after the events at [`ProgrammeSumsV1::positions`] were folded. False when the
    /// sums are not of that programme; then the projection is of no use.
    #[must_use]
    pub fn put_sums(&mut self, sums: &ProgrammeSumsV1) -> bool {
        let is_same = self.positions == sums.positions && self.projects.len() == sums.projects.len();
        let mut projects = self.projects.iter_mut().zip(&sums.projects);
        is_same && projects.all(|(project, sums)| project.put_sums(sums).is_some())
    }
}

impl Project {
    fn to_sums(&self) -> ProjectSumsV1 {
        let day = |date: Option<Date>| date.map(Date::epoch_days);
        let overspends = self.notes.overspends.iter();
        ProjectSumsV1 {
            funders: self.funders.iter().map(Funder::to_sums).collect(),
            series: self
                .sums
                .iter()
                .filter_map(|(key, series)| of_entries(*key, series))
                .collect(),
            explained_overspend: day(self.firsts.explained_overspend),
            invalid_code: day(self.firsts.invalid_code),
            after_end: day(self.firsts.after_end),
            overspends: overspends
                .map(|(day, position)| (day.epoch_days(), *position))
                .collect(),
        }
    }

    fn put_sums(&mut self, sums: &ProjectSumsV1) -> Option<()> {
        // Funders are numbered in the order of their first event, which may have been an entry.
        let mut sources = vec![0];
        for funder in &sums.funders {
            let funder = Funder {
                id: Id::new(&funder.funder)?,
                firsts: firsts(&funder.firsts),
            };
            let known = self.funders.iter().position(|known| known.id == funder.id);
            let at = known.unwrap_or(self.funders.len());
            if let Some(known) = self.funders.get_mut(at) {
                *known = funder;
            } else {
                self.funders.push(funder);
            }
            sources.push(at + 1);
        }
        for entries in &sums.series {
            let key = Key {
                year: Some(entries.year),
                source: *sources.get(usize::try_from(entries.source).ok()?)?,
                part: if entries.committed {
                    Part::Committed
                } else {
                    Part::Spent
                },
            };
            let mut series = DaySums::default();
            for (day, cents) in &entries.days {
                series.add(Date::from_epoch_days(*day), *cents);
            }
            self.sums.insert(key, series);
        }
        let date = |day: Option<i32>| day.map(Date::from_epoch_days);
        self.firsts.explained_overspend = date(sums.explained_overspend);
        self.firsts.invalid_code = date(sums.invalid_code);
        self.firsts.after_end = date(sums.after_end);
        self.notes.overspends = firsts(&sums.overspends).into_iter().collect::<BTreeMap<_, _>>();
        Some(())
    }
}

impl Funder {
    fn to_sums(&self) -> FunderV1 {
        let firsts = self.firsts.iter();
        FunderV1 {
            funder: self.id.to_string(),
            firsts: firsts
                .map(|(day, position)| (day.epoch_days(), *position))
                .collect(),
        }
    }
}

fn firsts(days: &[(i32, u64)]) -> Vec<(Date, u64)> {
    days.iter()
        .map(|(day, position)| (Date::from_epoch_days(*day), *position))
        .collect()
}

fn of_entries(key: Key, series: &DaySums) -> Option<EntrySumsV1> {
    let committed = match key.part {
        Part::Committed => true,
        Part::Spent => false,
        _ => return None,
    };
    Some(EntrySumsV1 {
        year: key.year?,
        source: u32::try_from(key.source).ok()?,
        committed,
        days: series
            .days()
            .map(|(day, cents)| (day.epoch_days(), cents))
            .collect(),
    })
}
