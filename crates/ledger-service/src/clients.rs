//! The numbers of clients of care. Pseudonyms are details and can be destroyed; the leaf has only a running number.

use std::collections::HashMap;

use ledger_contract::event::{Details, Event, EventData, Stream};
use ledger_domain::{Id, Year};
use ledger_store::{EventLog, EventReader, Fatal};

/// Group, year, pseudonym.
type Key = (Id, Year, String);

/// Per region the numbers that its clients have. A region is read from the record when its first client is posted
/// since the start: until then nobody's pseudonym is in memory.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    regions: HashMap<Id, HashMap<Key, u32>>,
    /// What was added since the transaction began.
    added: Vec<(Id, Key)>,
}

impl Clients {
    /// Reads a region's clients from the record, unless that was done.
    pub(crate) fn load(&mut self, log: &impl EventLog, region: &Id) -> Result<(), Fatal> {
        if self.regions.contains_key(region) {
            return Ok(());
        }
        let reader = log.reader();
        let mut failure = None;
        let mut numbers = HashMap::new();
        let stream = Stream::Region(region.clone());
        reader.read_stream(&stream, 0, reader.head().size, &mut |event| {
            if client_no(&event).is_some() {
                match reader.details(&event) {
                    Ok(details) => numbers.extend(entry(&event, details.as_deref())),
                    Err(fatal) => failure = Some(fatal),
                }
            }
            failure.is_none()
        })?;
        if let Some(fatal) = failure {
            return Err(fatal);
        }
        self.regions.insert(region.clone(), numbers);
        Ok(())
    }

    /// Forgets all of them: they are read from the record again when a client is posted.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn number(&self, region: &Id, group: &Id, year: Year, client: &str) -> Option<u32> {
        self.regions
            .get(region)?
            .get(&(group.clone(), year, client.to_owned()))
            .copied()
    }

    /// Remembers the client of a staged cost.
    pub(crate) fn note(&mut self, event: &Event, details: Option<&Details>) {
        if let (Stream::Region(region), Some((key, number))) = (&event.stream, entry(event, details))
            && let Some(numbers) = self.regions.get_mut(region)
            && numbers.insert(key.clone(), number).is_none()
        {
            self.added.push((region.clone(), key));
        }
    }

    /// From here on what is added can be forgotten again.
    pub(crate) fn begin_transaction(&mut self) {
        self.added.clear();
    }

    /// Forgets what was added since the transaction began.
    pub(crate) fn roll_back_transaction(&mut self) {
        for (region, key) in self.added.drain(..) {
            if let Some(numbers) = self.regions.get_mut(&region) {
                numbers.remove(&key);
            }
        }
    }
}

fn client_no(event: &Event) -> Option<u32> {
    match &event.data {
        EventData::CostRecorded(cost) => cost.client_no,
        _ => None,
    }
}

fn entry(event: &Event, details: Option<&Details>) -> Option<(Key, u32)> {
    let EventData::CostRecorded(cost) = &event.data else {
        return None;
    };
    let client = details?.client.clone()?;
    Some(((cost.group.0.clone(), cost.year, client), cost.client_no?))
}
