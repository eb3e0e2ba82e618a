//! A region's projection as its sums, and made again from them.
//!
//! Costs only add, so the order in which costs and other events are folded makes no difference: the others are folded
//! again, and the sums of the costs are put in.

use ledger_contract::sums::{GroupSumsV1, RegionSumsV1};
use ledger_domain::{
    Date, Id, Money, Municipality, Year,
    region::{BookedCosts, GroupYear},
};

use crate::region::RegionProjection;

impl RegionProjection {
    /// What to keep, so that the region's costs need not be read again.
    pub fn to_sums(&self) -> RegionSumsV1 {
        RegionSumsV1 {
            groups: self.group_sums().collect(),
            ..self.to_sums_but_groups()
        }
    }

    /// The same without the costs.
    pub fn to_sums_but_groups(&self) -> RegionSumsV1 {
        let years = self.state.years.iter();
        RegionSumsV1 {
            positions: self.positions.clone(),
            volumes: years.map(|(year, of)| (*year, of.volume)).collect(),
            groups: Vec::new(),
        }
    }

    /// The costs, of one group and year after the other: together they take as much memory as the region.
    pub fn group_sums(&self) -> impl Iterator<Item = GroupSumsV1> {
        let groups = self.state.groups.iter();
        groups.flat_map(|(id, group)| group.years.iter().map(move |(year, of)| to_sums(id, *year, of)))
    }

    /// Puts in the sums of the costs, after the events at [`RegionSumsV1::positions`] were folded. False when the sums
    /// are not of that region; then the projection is of no use.
    #[must_use]
    pub fn put_sums(&mut self, sums: &RegionSumsV1) -> bool {
        for (year, volume) in &sums.volumes {
            self.state.years.entry(*year).or_default().volume = *volume;
        }
        self.positions == sums.positions && sums.groups.iter().all(|group| self.put_group(group).is_some())
    }

    fn put_group(&mut self, sums: &GroupSumsV1) -> Option<()> {
        let group = Id::new(&sums.group).filter(|group| self.has_group(group))?;
        let booked = BookedCosts {
            joint: sums
                .joint
                .iter()
                .map(|(day, cents)| Some((date(*day), money(*cents)?)))
                .collect::<Option<_>>()?,
            actual: costs(&sums.actual)?,
            above: costs(&sums.above)?,
            of_clients: sums
                .of_clients
                .iter()
                .map(|(client, code, day, cents)| {
                    Some((
                        *client,
                        Municipality::from_number(*code)?,
                        date(*day),
                        money(*cents)?,
                    ))
                })
                .collect::<Option<_>>()?,
        };
        self.state.put_costs(&group, sums.year, sums.clients, &booked);
        Some(())
    }
}

fn to_sums(group: &Id, year: Year, of: &GroupYear) -> GroupSumsV1 {
    let booked = of.costs.booked();
    let costs = |costs: &[(Date, Municipality, Money)]| {
        let costs = costs.iter();
        costs
            .map(|(day, municipality, amount)| (day.epoch_days(), municipality.number(), amount.cents()))
            .collect()
    };
    GroupSumsV1 {
        group: group.to_string(),
        year,
        clients: of.clients,
        joint: booked
            .joint
            .iter()
            .map(|(day, amount)| (day.epoch_days(), amount.cents()))
            .collect(),
        actual: costs(&booked.actual),
        above: costs(&booked.above),
        of_clients: booked
            .of_clients
            .iter()
            .map(|(client, municipality, day, amount)| {
                (*client, municipality.number(), day.epoch_days(), amount.cents())
            })
            .collect(),
    }
}

fn costs(sums: &[(i32, u16, i64)]) -> Option<Vec<(Date, Municipality, Money)>> {
    let cost = |(day, code, cents): &(i32, u16, i64)| {
        Some((date(*day), Municipality::from_number(*code)?, money(*cents)?))
    };
    sums.iter().map(cost).collect()
}

const fn date(day: i32) -> Date {
    Date::from_epoch_days(day)
}

const fn money(cents: i64) -> Option<Money> {
    Money::from_cents(cents)
}
