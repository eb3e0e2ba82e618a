//! Facts that later ones replace: keys, schedules, budgets.

use crate::Date;

/// One version of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version<T> {
    /// The date it counts from.
    pub booking_date: Date,
    /// Its position in the log.
    pub position: u64,
    /// The fact.
    pub value: T,
}

/// All versions of a fact in the order of recording. At a date the one recorded last holds, of those booked by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions<T>(Vec<Version<T>>);

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Versions<T> {
    /// Records the next version.
    pub fn push(&mut self, version: Version<T>) {
        self.0.push(version);
    }

    /// The version that holds at a date.
    pub fn as_of(&self, date: Date) -> Option<&Version<T>> {
        self.0.iter().rev().find(|version| version.booking_date <= date)
    }

    /// Every version in the order of recording.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Version<T>> {
        self.0.iter()
    }
}
