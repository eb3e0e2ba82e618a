//! Bundles: a figure with every event of its stream, and the proofs that these are all there are. Whoever checks one
//! derives the figure again with the same projections that made it, from the events in it and nothing else.

use ledger_contract::{
    command::Fault,
    event::{Event, Stream, read_leaf},
    report::{Claim, KnownAt},
    value::{Cents, Day, Name},
};
use ledger_domain::{Id, Money};
use ledger_projections::{Explainer, Query, RegionExplainer, ReportName};
use ledger_proof::{
    bundle::{BundleError, Contents, Established, Recorded, verify, write},
    key::VerifierKey,
    reader::TileReader,
    tile::TilePath,
};
use ledger_store::{EventReader, Fatal};

use super::{ProofError, Signed, heads_of, leaf_of};
use crate::{
    named::Named,
    queries::{Queries, QueryError, ReportQuery},
    region_queries::{RegionFigureRequest, RegionQuery},
};

/// The report of regions whose figures can be proved.
const COST_SHARES: &str = "cost-shares";

/// Why a bundle does not prove its figure.
#[derive(Debug, thiserror::Error)]
pub enum BundleFault {
    /// What is there is not the record.
    #[error(transparent)]
    Proof(#[from] BundleError),
    /// What it claims cannot be read, or is about another stream than the events.
    #[error("the bundle's claim cannot be checked: {0}")]
    Claim(String),
    /// An event of another kind than this program knows.
    #[error("an event of the bundle cannot be read: {0}")]
    Event(String),
    /// The events are the record, and the figure does not follow from them.
    #[error("the bundle claims {claimed}, and its events make {derived}")]
    Figure {
        /// What it says.
        claimed: Money,
        /// What its events sum to.
        derived: Money,
    },
}

/// A bundle that holds.
#[derive(Debug)]
pub struct CheckedBundle {
    /// The figure, derived again.
    pub claim: Claim,
    /// What the proofs established.
    pub established: Established,
}

/// Verifies a bundle and derives its figure again. It needs no ledger.
pub fn check_bundle(bytes: &[u8], trusted: &[VerifierKey]) -> Result<CheckedBundle, BundleFault> {
    let established = verify(bytes, trusted)?;
    let claim: Claim =
        serde_json::from_str(&established.query).map_err(|error| BundleFault::Claim(error.to_string()))?;
    if established.stream != claim.stream {
        let (held, stream) = (&established.stream, &claim.stream);
        return Err(BundleFault::Claim(format!(
            "it is about {stream}, and the events are of {held}"
        )));
    }
    let size = established.checkpoint.checkpoint.size;
    if claim.log_position > size {
        let position = claim.log_position;
        return Err(BundleFault::Claim(format!(
            "it stands on {position} events, and the checkpoint on {size}"
        )));
    }
    let mut events = Vec::with_capacity(established.events.len());
    for recorded in &established.events {
        let event = read_leaf(recorded.leaf.as_bytes());
        events.push(event.map_err(|error| BundleFault::Event(error.to_string()))?);
    }
    let derived = derive(&claim, &events).map_err(BundleFault::Claim)?;
    if derived == claim.amount.0 {
        Ok(CheckedBundle { claim, established })
    } else {
        Err(BundleFault::Figure {
            claimed: claim.amount.0,
            derived,
        })
    }
}

/// The claimed figure from a stream's events.
fn derive(claim: &Claim, events: &[Event]) -> Result<Money, String> {
    let known = events.iter().filter(|event| event.position < claim.log_position);
    match Stream::parse(&claim.stream) {
        Some(Stream::Programme(programme)) => derive_of_programme(claim, &programme, known),
        Some(Stream::Region(_)) => derive_of_region(claim, known),
        _ => Err("no figure is of that stream".to_owned()),
    }
}

fn derive_of_programme<'e>(
    claim: &Claim,
    programme: &Id,
    events: impl Iterator<Item = &'e Event>,
) -> Result<Money, String> {
    // What does not narrow the figure would be told with it all the same.
    if claim.municipality.is_some() || claim.group.is_some() {
        return Err("a programme's figures are of no municipality or cost group".to_owned());
    }
    let report = ReportName::parse(&claim.report).ok_or("it names a report that is not known")?;
    let (project, source) = (claim.project.as_ref(), claim.source.as_ref());
    let query = Query {
        as_of: claim.as_of.0,
        year: claim.year,
        project: project.map(|project| project.0.clone()),
        by: None,
    };
    let source = source.map(|source| &source.0);
    let mut explainer = Explainer::new(report, &claim.figure, source.cloned(), query)?;
    let mut named = Named::new(programme, project.map(|project| &project.0), source);
    for event in events {
        named.take(&event.data);
        explainer.apply(event);
    }
    named.check().map_err(|refusal| refusal.detail)?;
    let contributions = explainer.finish();
    Money::checked_sum(contributions.iter().map(|contribution| contribution.amount))
        .ok_or_else(|| "its amounts are too large".to_owned())
}

fn derive_of_region<'e>(claim: &Claim, events: impl Iterator<Item = &'e Event>) -> Result<Money, String> {
    let (Some(year), Some(municipality), COST_SHARES) =
        (claim.year, &claim.municipality, claim.report.as_str())
    else {
        return Err("it is not of one municipality's cost share in a year".to_owned());
    };
    if claim.project.is_some() || claim.source.is_some() {
        return Err("a region's figures are of no project or source".to_owned());
    }
    let query = ledger_projections::RegionQuery {
        year,
        as_of: claim.as_of.0,
        municipality: municipality.0,
        group: claim.group.as_ref().map(|group| group.0.clone()),
    };
    let mut explainer = RegionExplainer::new(&claim.figure, query)?;
    events.for_each(|event| explainer.apply(event));
    let group = claim.group.as_ref();
    if group.is_some_and(|group| !explainer.projection().has_group(&group.0)) {
        return Err("there is no such cost group at that position".to_owned());
    }
    let found = explainer.finish();
    let amount = found.and_then(|found| found.amount);
    amount.ok_or_else(|| "its events make no such figure".to_owned())
}

impl<R: EventReader> Queries<R> {
    /// The bundle of one figure of a programme at a checkpoint that was just made; `details` says whether texts go with it. The
    /// figure is as the checkpoint knows it, unless an earlier point is asked.
    pub fn bundle(
        &self,
        signed: &Signed,
        (report, figure, source): (ReportName, &str, Option<&Id>),
        programme: &Id,
        query: &ReportQuery,
        details: bool,
    ) -> Result<Result<String, ProofError>, QueryError> {
        let size = signed.checkpoint.size;
        // What was recorded since the checkpoint is not known to it.
        let log_position = self.position_known_at(query.known_at.as_ref())?.min(size);
        let query = &ReportQuery {
            known_at: Some(KnownAt::Position(log_position)),
            ..query.clone()
        };
        let explanation = self.explain(report, programme, figure, source, query)?;
        let stream = Stream::Programme(programme.clone());
        let claim = Claim {
            report: report.as_str().to_owned(),
            stream: stream.to_string(),
            figure: figure.to_owned(),
            project: query.project.clone().map(Name),
            source: source.cloned().map(Name),
            municipality: None,
            group: None,
            as_of: Day(explanation.as_of.0),
            log_position,
            year: query.year,
            amount: Cents(explanation.amount.0),
        };
        Ok(self.write_bundle(signed, &stream, &claim, details))
    }

    /// The same of one municipality's figure in a region.
    pub fn region_bundle(
        &self,
        signed: &Signed,
        region: &Id,
        asked: &RegionFigureRequest,
        query: &RegionQuery,
        details: bool,
    ) -> Result<Result<String, ProofError>, QueryError> {
        let size = signed.checkpoint.size;
        let log_position = self.position_known_at(query.known_at.as_ref())?.min(size);
        let query = &RegionQuery {
            known_at: Some(KnownAt::Position(log_position)),
            ..query.clone()
        };
        let explanation = self.explain_region(region, asked, query)?;
        let amount = explanation.amount.ok_or_else(|| {
            QueryError::InvalidInput(vec![Fault {
                pointer: "/figure".to_owned(),
                detail: "The figure is not known without a key, so there is nothing to prove.".to_owned(),
            }])
        })?;
        let stream = Stream::Region(region.clone());
        let claim = Claim {
            report: COST_SHARES.to_owned(),
            stream: stream.to_string(),
            figure: asked.figure.clone(),
            project: None,
            source: None,
            municipality: Some(explanation.municipality),
            group: explanation.group,
            as_of: explanation.as_of,
            log_position,
            year: Some(explanation.year),
            amount,
        };
        Ok(self.write_bundle(signed, &stream, &claim, details))
    }

    pub(super) fn write_bundle(
        &self,
        signed: &Signed,
        stream: &Stream,
        claim: &Claim,
        details: bool,
    ) -> Result<String, ProofError> {
        let size = signed.checkpoint.size;
        self.proofs().catch_up(self.reader(), size)?;
        let mut heads = heads_of(&self.reader().stream_heads(size)?);
        let head = heads.prove(&stream.to_string());
        let mut found = Vec::new();
        self.reader().read_stream(stream, 0, size, &mut |event| {
            found.push(event);
            true
        })?;
        let mut events = Vec::with_capacity(found.len());
        for event in &found {
            let details = if details { self.exact_details(event)? } else { None };
            events.push(Recorded {
                leaf: leaf_of(event)?,
                details,
            });
        }
        let mut heads_leaf = String::new();
        let mut unread = Ok(());
        self.reader().read(size.saturating_sub(1), size, &mut |event| {
            unread = leaf_of(&event).map(|leaf| heads_leaf = leaf);
            false
        })?;
        unread?;
        let query = serde_json::to_string(claim).map_err(|error| unwritten(&error))?;
        let contents = Contents {
            query: &query,
            stream: &stream.to_string(),
            events: &events,
            heads_leaf: &heads_leaf,
            head: &head,
            checkpoint: &signed.note,
        };
        let fetch = |path: &TilePath| self.tile(path).and_then(|tile| tile.ok_or_else(|| absent(path)));
        let mut source = TileReader::open(&signed.checkpoint, fetch).map_err(|error| unwritten(&error))?;
        Ok(write(&contents, size, &mut source).map_err(|error| unwritten(&error))?)
    }

    /// The right part of an event's line; none when there is none, or it was destroyed.
    fn exact_details(&self, event: &Event) -> Result<Option<String>, Fatal> {
        let details = self.reader().details(event)?;
        details
            .map(|details| serde_json::to_string(&details).map_err(|error| unwritten(&error)))
            .transpose()
    }
}

fn absent(path: &TilePath) -> Fatal {
    unwritten(&format!("the log has no {path}"))
}

fn unwritten(error: &impl ToString) -> Fatal {
    Fatal::Io {
        doing: "writing a bundle".to_owned(),
        reason: error.to_string(),
        disk_full: false,
    }
}
