//! Who belongs to the region, and what is said about its figures.

use super::case::Case;
use crate::region::{AdmitMunicipality, Event, ExplainRegion, Member, MergeMunicipalities};
use crate::{Code, Municipality, Refusal};

pub(super) fn admit(mut case: Case, c: &AdmitMunicipality) -> Result<Event, Refusal> {
    if let Some(member) = case.region.members.get(c.municipality) {
        case.checks.refuse(Code::DuplicateId, || {
            format!(
                "{} is known in the region since {}; codes are not used again.",
                c.municipality, member.from
            )
        });
    }
    case.finish(Event::MunicipalityAdmitted(c.clone()))
}

pub(super) fn merge(mut case: Case, c: &MergeMunicipalities) -> Result<Event, Refusal> {
    for municipality in &c.from {
        case.known(*municipality);
        if let Some(member) = case.region.members.get(*municipality) {
            ends(&mut case, c, *municipality, member);
        }
    }
    if let Some(successor) = case.region.members.get(c.into) {
        let goes_on = successor.from <= c.effective_on && successor.merged.is_none();
        case.checks.refuse_if(!goes_on, Code::NotAMember, || {
            format!(
                "{} cannot take over on {}: it is no member on that day, or ended since.",
                c.into, c.effective_on
            )
        });
    }
    case.finish(Event::MunicipalitiesMerged(c.clone()))
}

/// A member that ends was one before, and ends once.
fn ends(case: &mut Case, c: &MergeMunicipalities, municipality: Municipality, member: &Member) {
    let effective_on = c.effective_on;
    if let Some(merged) = member.merged {
        case.checks.refuse(Code::NotAMember, || {
            format!(
                "{municipality} went into {} on {} already.",
                merged.into, merged.on
            )
        });
    }
    case.checks
        .refuse_if(member.from >= effective_on, Code::NotAMember, || {
            format!(
                "{municipality} is a member from {}, not before {effective_on}.",
                member.from
            )
        });
}

pub(super) fn explain(mut case: Case, c: &ExplainRegion) -> Result<Event, Refusal> {
    if let Some(municipality) = c.municipality {
        case.known(municipality);
    }
    case.finish(Event::RegionExplained(c.clone()))
}
