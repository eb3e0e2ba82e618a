//! Questions about regions: shares of the bill, the phase-out, settlements, and the events behind a figure.

use ledger_contract::{
    event::Stream,
    report::{
        CostShares, KnownAt, PhaseOut, RegionExplainedEvent, RegionExplanation, RegionHead, Settlement,
    },
    value::{At, Cents, Day, MunicipalityCode, Name},
};
use ledger_domain::{Code, Date, Id, Municipality, Refusal, Year, region::PlannedAdvance};
use ledger_projections::{
    PhaseOutQuery, RegionContribution, RegionExplainer, RegionProjection, RegionQuery as Explained,
};
use ledger_store::{EventReader, Fatal};

use crate::{
    ledger::read,
    queries::{Queries, QueryError, fault},
};

/// What a region's report is asked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionQuery {
    /// What is booked later is not in the report; none is today in Europe/Amsterdam.
    pub as_of: Option<Date>,
    /// What the ledger knew; none is now.
    pub known_at: Option<KnownAt>,
}

/// One settlement of a region's list: its id, year, booking date and position.
pub type SettlementSummary = (Id, Year, Date, u64);

/// The figure of one municipality that an explanation is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionFigureRequest {
    /// The year; none for that of `asOf`.
    pub year: Option<Year>,
    /// The municipality.
    pub municipality: Municipality,
    /// Only this cost group; none for all together.
    pub group: Option<Id>,
    /// The figure's name in `cost-shares`.
    pub figure: String,
}

impl<R: EventReader> Queries<R> {
    /// A page of the regions in the order of their ids, those after `after`: id and title.
    pub fn regions(&self, after: Option<&Id>, limit: usize) -> Vec<(Id, String)> {
        let model = read(&self.model);
        let later = model
            .regions()
            .filter(|(id, _)| after.is_none_or(|after| *id > after));
        later
            .take(limit)
            .map(|(id, projection)| (id.clone(), projection.title().to_owned()))
            .collect()
    }

    /// `cost-shares` of a region and year; the year of `asOf` when none is asked.
    pub fn cost_shares(
        &self,
        region: &Id,
        year: Option<Year>,
        query: &RegionQuery,
    ) -> Result<CostShares, QueryError> {
        self.of_region(region, query, |projection, head| {
            let year = year.unwrap_or_else(|| head.as_of.0.year());
            Ok(ledger_projections::cost_shares(
                projection,
                head,
                year,
                &|position| self.explanation(position),
            ))
        })
    }

    /// `phase-out` of a region, as recorded or as a simulation that says it is one.
    pub fn phase_out(
        &self,
        region: &Id,
        asked: &PhaseOutQuery,
        query: &RegionQuery,
    ) -> Result<PhaseOut, QueryError> {
        self.of_region(region, query, |projection, head| {
            check_municipality(projection, region, asked.municipality)?;
            Ok(ledger_projections::phase_out(projection, head, asked))
        })
    }

    /// The settlements of a region that are booked by `asOf`, in the order of recording.
    pub fn settlements(
        &self,
        region: &Id,
        query: &RegionQuery,
    ) -> Result<Vec<SettlementSummary>, QueryError> {
        self.of_region(region, query, |projection, head| {
            let booked = projection
                .settlements()
                .filter(|(_, _, date, _)| *date <= head.as_of.0);
            let mut all: Vec<_> = booked
                .map(|(id, year, date, position)| (id.clone(), year, date, position))
                .collect();
            all.sort_by_key(|(.., position)| *position);
            Ok(all)
        })
    }

    /// `settlement`: the frozen lines, and what changed since.
    pub fn settlement(
        &self,
        region: &Id,
        settlement: &Id,
        query: &RegionQuery,
    ) -> Result<Settlement, QueryError> {
        self.of_region(region, query, |projection, head| {
            let as_of = head.as_of.0;
            ledger_projections::settlement(projection, head, settlement).ok_or_else(|| {
                let sentence = format!("Region {region} has no settlement {settlement} booked by {as_of}.");
                QueryError::Unknown(Refusal::new(Code::UnknownSettlement, sentence))
            })
        })
    }

    /// The advances that sum exactly to the budgeted shares of a year, in this many terms.
    pub fn plan_advances(
        &self,
        region: &Id,
        year: Year,
        terms: u16,
        query: &RegionQuery,
    ) -> Result<Vec<PlannedAdvance>, QueryError> {
        if terms == 0 {
            let sentence = "There is at least one term.".to_owned();
            return Err(QueryError::InvalidInput(vec![fault("terms", sentence)]));
        }
        self.of_region(region, query, |projection, head| {
            ledger_projections::advance_plan(projection, year, head.as_of.0, terms).ok_or_else(|| {
                let sentence = format!("A cost group of region {region} has no key for {year}.");
                QueryError::Unknown(Refusal::new(Code::KeyMissing, sentence))
            })
        })
    }

    /// How one figure of `cost-shares` came about: the arithmetic in words, and events whose amounts sum to it.
    pub fn explain_region(
        &self,
        region: &Id,
        asked: &RegionFigureRequest,
        query: &RegionQuery,
    ) -> Result<RegionExplanation, QueryError> {
        let log_position = self.position_known_at(query.known_at.as_ref())?;
        let as_of = self.day_or_today(query.as_of);
        let year = asked.year.unwrap_or_else(|| as_of.year());
        let of = Explained {
            year,
            as_of,
            municipality: asked.municipality,
            group: asked.group.clone(),
        };
        let mut explainer = RegionExplainer::new(&asked.figure, of)
            .map_err(|sentence| QueryError::InvalidInput(vec![fault("figure", sentence)]))?;
        let stream = Stream::Region(region.clone());
        let mut known = false;
        self.reader()
            .read_stream(&stream, 0, log_position, &mut |event| {
                known = true;
                explainer.apply(&event);
                true
            })?;
        if !known {
            return Err(QueryError::Unknown(no_region(region)));
        }
        check_municipality(explainer.projection(), region, Some(asked.municipality))?;
        if let Some(group) = asked
            .group
            .as_ref()
            .filter(|group| !explainer.projection().has_group(group))
        {
            let sentence = format!("Region {region} has no cost group {group}.");
            return Err(QueryError::Unknown(Refusal::new(Code::UnknownGroup, sentence)));
        }
        let found = explainer.finish().ok_or_else(|| {
            let sentence = format!("Municipality {} has no figures in {year}.", asked.municipality);
            QueryError::Unknown(Refusal::new(Code::UnknownMunicipality, sentence))
        })?;
        let mut events = Vec::with_capacity(found.contributions.len());
        for contribution in found.contributions {
            events.extend(self.explained_cost(contribution)?);
        }
        Ok(RegionExplanation {
            report: "cost-shares".to_owned(),
            region: Name(region.clone()),
            year,
            municipality: MunicipalityCode(asked.municipality),
            group: asked.group.clone().map(Name),
            figure: asked.figure.clone(),
            as_of: Day(as_of),
            known_at: query.known_at.clone(),
            log_position,
            root: self.root_text(log_position)?,
            amount: found.amount.map(Cents),
            steps: found.steps,
            events,
        })
    }

    fn explained_cost(
        &self,
        contribution: RegionContribution,
    ) -> Result<Option<RegionExplainedEvent>, Fatal> {
        let Some((event, details, entry)) = self.behind(contribution.position)? else {
            return Ok(None);
        };
        Ok(Some(RegionExplainedEvent {
            position: event.position,
            r#type: event.data.type_name().to_owned(),
            booking_date: Day(event.booking_date),
            recorded_at: At(event.recorded_at),
            group: contribution.group.map(Name),
            municipality: event.data.municipality().map(MunicipalityCode),
            entry,
            amount: Cents(contribution.amount),
            document: details.document,
            reason: details.reason,
        }))
    }

    /// Answers from the read model, or when the past is asked from the snapshot before it and the events since.
    fn of_region<T>(
        &self,
        region: &Id,
        query: &RegionQuery,
        answer: impl FnOnce(&RegionProjection, RegionHead) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        let known = self.position_known_at(query.known_at.as_ref())?;
        let answer = |projection: Option<&RegionProjection>, log_position: u64, root: String| {
            let projection = projection.ok_or_else(|| QueryError::Unknown(no_region(region)))?;
            let head = RegionHead {
                region: Name(region.clone()),
                title: projection.title().to_owned(),
                as_of: Day(self.day_or_today(query.as_of)),
                known_at: query.known_at.clone(),
                log_position,
                root,
            };
            answer(projection, head)
        };
        let model = read(&self.model);
        if query.known_at.is_none() || known == model.log_position() {
            return answer(model.region(region), model.log_position(), model.root());
        }
        drop(model);
        let stream = Stream::Region(region.clone());
        let projection = self.kept.known_at(self.reader(), &stream, known)?;
        answer(projection.as_ref(), known, self.root_text(known)?)
    }
}

/// The refusal of whoever names a region that is not there.
pub(crate) fn no_region(region: &Id) -> Refusal {
    Refusal::new(Code::UnknownRegion, format!("There is no region {region}."))
}

fn check_municipality(
    projection: &RegionProjection,
    region: &Id,
    municipality: Option<Municipality>,
) -> Result<(), QueryError> {
    match municipality {
        Some(municipality) if !projection.has_municipality(municipality) => {
            let sentence = format!("Municipality {municipality} is not and was not in region {region}.");
            Err(QueryError::Unknown(Refusal::new(
                Code::UnknownMunicipality,
                sentence,
            )))
        }
        _ => Ok(()),
    }
}
