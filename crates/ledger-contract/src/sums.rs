//! What is kept of a projection, so that its stream need not be read again: the sums of its entries, and where the events
//! stand that are no entries. There are few of those, and they are read again.
//!
//! Nothing here is a text that could be destroyed. Days are days since 1970-01-01, amounts are cents, positions are
//! those of the log. Fields and their order are frozen; another meaning is another version.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day and an amount booked on it.
pub type DaySumV1 = (i32, i64);

/// All streams. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadModelSumsV1<'a> {
    /// Each stream, such as `programme/ID`, and the bytes of its sums: one is read without the others.
    #[serde(borrow)]
    pub streams: Vec<(&'a str, SumBytes<'a>)>,
}

/// Bytes that are written and read in one go; the same as a list of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumBytes<'a>(pub &'a [u8]);

impl Serialize for SumBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for SumBytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(Self)
    }
}

/// One programme. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeSumsV1 {
    /// The events that are no commitments or expenditures, ascending.
    pub positions: Vec<u64>,
    /// The entries of each project, in the order of opening.
    pub projects: Vec<ProjectSumsV1>,
}

/// The entries of one project. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSumsV1 {
    /// Everyone who pays along.
    pub funders: Vec<FunderV1>,
    /// What is spent and committed.
    pub series: Vec<EntrySumsV1>,
    /// The first day with an entry that overspends.
    pub explained_overspend: Option<i32>,
    /// The first day with a task-field code that is not valid in its year.
    pub invalid_code: Option<i32>,
    /// The first day with an entry after the end.
    pub after_end: Option<i32>,
    /// Each day with explained overspends, and the position of the last of them.
    pub overspends: Vec<(i32, u64)>,
}

/// One funder of a project. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunderV1 {
    /// Its id.
    pub funder: String,
    /// Booking day and position of each of its events that was booked earlier than all before it.
    pub firsts: Vec<(i32, u64)>,
}

/// What entries of one year come to, charged to one source. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntrySumsV1 {
    /// The year of the entries.
    pub year: u16,
    /// 0 for own money, 1 for the first of the funders ...
    pub source: u32,
    /// Open commitments; else expenditure.
    pub committed: bool,
    /// Per day, ascending.
    pub days: Vec<DaySumV1>,
}

/// One region. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionSumsV1 {
    /// The events that are no costs, corrections or reversals, ascending.
    pub positions: Vec<u64>,
    /// Each year, and all amounts recorded for it, signs aside.
    pub volumes: Vec<(u16, i128)>,
    /// The costs.
    pub groups: Vec<GroupSumsV1>,
}

/// The costs of one group and year. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSumsV1 {
    /// The group.
    pub group: String,
    /// The year.
    pub year: u16,
    /// The highest client number given out.
    pub clients: u32,
    /// Costs without a user.
    pub joint: Vec<DaySumV1>,
    /// Costs: day, municipality and amount, by day.
    pub actual: Vec<(i32, u16, i64)>,
    /// What lies above the threshold, likewise.
    pub above: Vec<(i32, u16, i64)>,
    /// Costs of clients where there is a threshold: client, municipality, day and amount.
    pub of_clients: Vec<(u32, u16, i32, i64)>,
}
