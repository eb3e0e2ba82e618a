//! What the commands ask that say how costs are shared: groups, keys, schedules.

use std::collections::BTreeMap;

use ledger_domain::{
    Fraction, Year,
    region::{Command, DefineCostGroup, FromCosts, KeyWeights, SchedulePhaseOut, SetDistributionKey},
};

use super::forms::{STEPS, WEIGHTS, YEARS};
use crate::command::{
    Draft, Fields,
    compound::{DECISION, nested},
    form::{Form, ID, POSITIVE, TEXT, YEAR},
    schema,
};

pub(super) fn define_cost_group(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let group = fields.required("group", &ID);
    let title = fields.required("title", &TEXT);
    let key = fields.required("key", &ID);
    let threshold = fields.optional("threshold", &POSITIVE);
    let decision = fields.required("decision", &DECISION);
    Some(Command::DefineCostGroup(DefineCostGroup {
        group: group?,
        title: title?,
        key: key?,
        threshold,
        decision: decision?,
    }))
}

const FROM_COSTS: Form<FromCosts> = Form {
    read: |node| nested(node, from_costs),
    schema: || {
        schema::object(
            "the group and the earlier years whose actual costs weigh",
            from_costs,
        )
    },
};

fn from_costs(fields: &mut Fields<'_>) -> Option<FromCosts> {
    let group = fields.required("group", &ID);
    let years = fields.required("years", &YEARS);
    Some(FromCosts {
        group: group?,
        years: years?,
    })
}

pub(super) fn set_distribution_key(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let key = fields.required("key", &ID);
    let year = fields.required("year", &YEAR);
    let by_use = fields.has("fromCosts");
    let given = if by_use {
        None
    } else {
        let weights = fields.required("weights", &WEIGHTS);
        weights.zip(fields.required("source", &TEXT))
    };
    let from_costs = fields.instead_of(&["weights", "source"], "fromCosts", &FROM_COSTS);
    if let (Some(from), Some(year)) = (&from_costs, year)
        && from.years.iter().any(|earlier| *earlier >= year)
    {
        fields.fault(
            "/fromCosts/years",
            "Weights come from years before the key's own.",
        );
    }
    let given = given.map(|(weights, source)| KeyWeights::Given { weights, source });
    let weights = from_costs.map(KeyWeights::FromCosts).or(given);
    Some(Command::SetDistributionKey(SetDistributionKey {
        key: key?,
        year: year?,
        weights: weights?,
    }))
}

pub(super) fn schedule_phase_out(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let group = fields.required("group", &ID);
    let steps: Option<BTreeMap<Year, Fraction>> = fields.required("steps", &STEPS);
    let decision = fields.required("decision", &DECISION);
    Some(Command::SchedulePhaseOut(SchedulePhaseOut {
        group: group?,
        steps: steps?,
        decision: decision?,
    }))
}
