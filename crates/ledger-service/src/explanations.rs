//! What stands behind a figure: the events of it, with their details.

use ledger_contract::{
    event::{Details, Event, Stream},
    report::{ExplainedEvent, Explanation},
    value::{At, Cents, Day, EntryName, Name},
};
use ledger_domain::{EntryId, Id, Money};
use ledger_projections::{Contribution, Explainer, Query, ReportName};
use ledger_store::{EventReader, Fatal};
use tracing::warn;

use crate::{
    named::Named,
    queries::{Queries, QueryError, ReportQuery, fault},
};

type Behind = (Event, Box<Details>, Option<EntryName>);

impl<R: EventReader> Queries<R> {
    /// The events behind one figure of a report, with amounts that sum to it. `source` names the funder of a figure
    /// that a report shows per funder.
    pub fn explain(
        &self,
        report: ReportName,
        programme: &Id,
        figure: &str,
        source: Option<&Id>,
        query: &ReportQuery,
    ) -> Result<Explanation, QueryError> {
        let log_position = self.position_known_at(query.known_at.as_ref())?;
        let as_of = self.day_or_today(query.as_of);
        let asked = Query {
            as_of,
            year: query.year,
            project: query.project.clone(),
            by: None,
        };
        let mut explainer = Explainer::new(report, figure, source.cloned(), asked)
            .map_err(|sentence| QueryError::InvalidInput(vec![fault("figure", sentence)]))?;
        let stream = Stream::Programme(programme.clone());
        let mut named = Named::new(programme, query.project.as_ref(), source);
        self.reader()
            .read_stream(&stream, 0, log_position, &mut |event| {
                named.take(&event.data);
                explainer.apply(&event);
                true
            })?;
        named.check().map_err(QueryError::Unknown)?;
        let contributions = explainer.finish();
        // Contributions sum to a figure of the report, which fits: the sum cannot be out of range.
        let amount = Money::checked_sum(contributions.iter().map(|contribution| contribution.amount));
        let mut events = Vec::with_capacity(contributions.len());
        for contribution in contributions {
            events.extend(self.explained(contribution)?);
        }
        Ok(Explanation {
            report: report.as_str().to_owned(),
            programme: Name(programme.clone()),
            project: query.project.clone().map(Name),
            figure: figure.to_owned(),
            source: source.cloned().map(Name),
            as_of: Day(as_of),
            known_at: query.known_at.clone(),
            log_position,
            root: self.root_text(log_position)?,
            year: query.year,
            amount: Cents(amount.unwrap_or(Money::MAX)),
            events,
        })
    }

    /// The text of an explanation, which is a detail: it is read from the tape and gone once destroyed.
    pub(crate) fn explanation(&self, position: u64) -> Option<String> {
        let details = self.event_at(position).and_then(|event| match event {
            Some(event) => self.reader().details(&event),
            None => Ok(None),
        });
        match details {
            Ok(details) => details.and_then(|details| details.explanation),
            Err(fatal) => {
                // The figures stand without the text, so the report is given and the operator told.
                warn!(position, error = %fatal, "the details of an event cannot be read");
                None
            }
        }
    }

    /// An event that stands behind a figure, with its details and its entry's name.
    pub(crate) fn behind(&self, position: u64) -> Result<Option<Behind>, Fatal> {
        let Some(event) = self.event_at(position)? else {
            return Ok(None);
        };
        let details = self.reader().details(&event)?.unwrap_or_default();
        let entry = event.data.entry_keys().last();
        let entry = entry.and_then(|(_, id)| EntryId::new(id)).map(EntryName);
        Ok(Some((event, details, entry)))
    }

    fn explained(&self, contribution: Contribution) -> Result<Option<ExplainedEvent>, Fatal> {
        let Some((event, details, entry)) = self.behind(contribution.position)? else {
            return Ok(None);
        };
        Ok(Some(ExplainedEvent {
            position: event.position,
            r#type: event.data.type_name().to_owned(),
            booking_date: Day(event.booking_date),
            recorded_at: At(event.recorded_at),
            project: contribution.project.map(Name),
            entry,
            amount: Cents(contribution.amount),
            supplier: details.supplier,
            description: details.description,
            document: details.document,
            explanation: details.explanation,
            reason: details.reason,
        }))
    }
}
