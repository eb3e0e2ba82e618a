//! `cost-shares`: the bill of a year, divided.

use std::sync::Arc;

use ledger_domain::Year;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct as _};

use super::{RegionFigureExplanation, RegionFlag, RegionHead, ShareFigures};
use crate::value::{Cents, MunicipalityCode, Name, Share};

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CostShares {
    /// What it is about.
    #[serde(flatten)]
    pub head: RegionHead,
    /// The year.
    pub year: Year,
    /// All costs, joint ones included: what the cost shares sum to.
    pub total: Cents,
    /// In the order of definition.
    pub groups: Vec<GroupShares>,
    /// Sums over the groups, by code; with who has only advances or settlements for the year.
    pub municipalities: Vec<MunicipalityShares>,
    /// Texts that belong to the figures of the year.
    pub explanations: Vec<RegionFigureExplanation>,
}

/// One cost group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupShares {
    /// The group.
    pub group: Name,
    /// Its title.
    pub title: String,
    /// The degree of solidarity of the year.
    pub degree: Share,
    /// The key.
    pub key: Name,
    /// The stop-loss threshold; null without one.
    pub threshold: Option<Cents>,
    /// The costs without a user.
    pub joint_cost: Cents,
    /// All costs of the group.
    pub total: Cents,
    /// What a reader should know before trusting the figures.
    pub flags: Vec<RegionFlag>,
    /// The members of the year, by code.
    pub municipalities: Vec<GroupShare>,
}

/// A municipality in one group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupShare {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// Its name, which thousands of rows share.
    #[serde(deserialize_with = "shared")]
    pub name: Arc<str>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: ShareFigures,
}

/// A municipality over all groups.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MunicipalityShares {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// Its name.
    #[serde(deserialize_with = "shared")]
    pub name: Arc<str>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: ShareFigures,
    /// What was advanced.
    pub advances: Cents,
    /// What was settled.
    pub settled: Cents,
    /// Cost share less advances less settled: what remains to be paid.
    pub balance: Option<Cents>,
}

impl Serialize for GroupShare {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("GroupShare", 8)?;
        row.serialize_field("municipality", &self.municipality)?;
        row.serialize_field("name", &*self.name)?;
        self.figures.put(&mut row)?;
        row.end()
    }
}

impl Serialize for MunicipalityShares {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("MunicipalityShares", 11)?;
        row.serialize_field("municipality", &self.municipality)?;
        row.serialize_field("name", &*self.name)?;
        self.figures.put(&mut row)?;
        put!(row, self; "advances" advances, "settled" settled, "balance" balance);
        row.end()
    }
}

fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Arc::from)
}
