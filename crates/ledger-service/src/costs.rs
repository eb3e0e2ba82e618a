//! Regions with their costs, which the writer holds only while a group's commands ask them: those of the read model, and
//! what was staged since.

use std::collections::BTreeMap;

use ledger_contract::event::Stream;
use ledger_domain::{
    Id,
    region::{self, Recorded, Region},
};
use ledger_store::{EventLog, Fatal, Mark};

use crate::ledger::{SharedModel, read};

/// The regions that were asked in this group. They share their years of costs with the read model until one of both changes
/// them, so they are let go of before the read model goes on.
#[derive(Debug, Default)]
pub(crate) struct Costs(BTreeMap<Id, Held>);

#[derive(Debug)]
struct Held {
    /// None for a region that was not established.
    region: Option<Region>,
    /// How many events of the log it stands on.
    events: u64,
}

impl Costs {
    /// A region after everything that is staged.
    pub(crate) fn of(
        &mut self,
        id: &Id,
        model: &SharedModel,
        log: &impl EventLog,
    ) -> Result<Option<&Region>, Fatal> {
        let mut held = self.0.remove(id).unwrap_or_else(|| {
            let model = read(model);
            Held {
                region: model.region(id).map(|region| region.state().clone()),
                events: model.log_position(),
            }
        });
        let stream = Stream::Region(id.clone());
        log.read_staged(held.events, &mut |event| {
            if event.stream == stream
                && let Some(happened) = event.data.to_region_event()
            {
                let recorded = Recorded {
                    position: event.position,
                    booking_date: event.booking_date,
                };
                held.apply(recorded, &happened);
            }
        })?;
        held.events = log.mark().size;
        Ok(self.0.entry(id.clone()).or_insert(held).region.as_ref())
    }

    /// Forgets regions that stand on events behind a mark.
    pub(crate) fn roll_back(&mut self, mark: Mark) {
        self.0.retain(|_, held| held.events <= mark.size);
    }

    /// Lets go of them.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Held {
    fn apply(&mut self, recorded: Recorded, happened: &region::Event) {
        match &mut self.region {
            Some(region) => region.apply(recorded, happened),
            None => self.region = region::evolve(None, recorded, happened),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ledger_contract::{event::EventData, value::Instant};
    use ledger_store::MemoryLog;

    use crate::{Clock, Queries, Submission, Writer, over};

    const NOW: Instant = Instant(1_700_000_000_000_000);

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Instant {
            NOW
        }
    }

    type Opened = (Writer<MemoryLog>, Queries<ledger_store::MemoryReader>);

    fn opened() -> Opened {
        let log = MemoryLog::new("costs.example/ledger", NOW).expect("a log");
        over(log, Arc::new(Noon)).expect("opens")
    }

    fn execute(writer: &mut Writer<MemoryLog>, command: &str) -> Vec<EventData> {
        let submission = Submission::read(command.as_bytes(), None, "controller").expect(command);
        let outcome = writer.execute(submission).expect(command);
        outcome.events.into_iter().map(|(event, _)| event.data).collect()
    }

    fn cost(number: u32, group: &str, amount: u32) -> String {
        let code = ["GM0505", "GM0642"][number as usize % 2];
        format!(
            r#"{{"type":"recordCost","region":"r","group":"{group}","municipality":"{code}","cost":"K{number}","year":2021,"amount":"{amount}.00","client":"c{}","bookingDate":"2021-03-{:02}"}}"#,
            number % 3,
            1 + number % 28,
        )
    }

    /// Each line, and before it the same of another region.
    fn in_turns(lines: impl IntoIterator<Item = String>) -> Vec<String> {
        let lines = lines.into_iter();
        let both = lines.flat_map(|line| [line.replace(r#""region":"r""#, r#""region":"s""#), line]);
        both.collect()
    }

    fn opening() -> Vec<String> {
        let on = r#""bookingDate":"2021-01-01","decision":{"reference":"R","by":"joint-body","decidedOn":"2021-01-01"}"#;
        let mut lines = vec![
            r#"{"type":"establishRegion","region":"r","title":"R","body":"B","bookingDate":"2021-01-01"}"#
                .to_owned(),
            format!(r#"{{"type":"defineCostGroup","region":"r","group":"g","title":"G","key":"k",{on}}}"#),
            format!(
                r#"{{"type":"defineCostGroup","region":"r","group":"h","title":"H","key":"k","threshold":"90.00",{on}}}"#
            ),
        ];
        for code in ["GM0505", "GM0642"] {
            lines.push(format!(r#"{{"type":"admitMunicipality","region":"r","municipality":"{code}","name":"{code}","from":"2021-01-01"}}"#));
        }
        lines.push(r#"{"type":"setDistributionKey","region":"r","key":"k","year":2021,"weights":{"GM0505":"2","GM0642":"1"},"source":"S","bookingDate":"2021-01-01"}"#.to_owned());
        in_turns(lines)
    }

    /// Costs, and what asks them: at their end, and between them.
    fn asking(first: u32) -> Vec<String> {
        let settle = |number: u32| {
            let decision = r#""decision":{"reference":"R","by":"joint-body","decidedOn":"2021-12-31"}"#;
            format!(
                r#"{{"type":"drawUpSettlement","region":"r","year":2021,"settlement":"s{number}",{decision},"bookingDate":"2021-12-31"}}"#
            )
        };
        let weigh = r#"{"type":"setDistributionKey","region":"r","key":"k","year":2022,"fromCosts":{"group":"h","years":[2021]},"bookingDate":"2021-12-31"}"#.to_owned();
        let costs = |from: u32| {
            (from..from + 9).map(move |number| cost(number, ["g", "h"][number as usize % 4 / 2], 7 + number))
        };
        let lines = costs(first)
            .chain([
                settle(first),
                cost(first + 20, "h", 50),
                weigh.clone(),
                settle(first + 1),
            ])
            .chain(costs(first + 30))
            .chain([weigh, settle(first + 2)]);
        in_turns(lines)
    }

    #[test]
    fn costs_are_asked_in_one_group_as_one_by_one_and_what_is_taken_back_is_not_among_them() {
        let (mut alone, queries) = opened();
        let mut one_by_one = Vec::new();
        for command in [opening(), asking(100), asking(200)].concat() {
            alone.begin(NOW).expect("begun");
            one_by_one.push(execute(&mut alone, &command));
            alone.commit().expect("durable");
            queries.catch_up().expect("applied");
        }
        for durable in [true, false] {
            let (mut writer, queries) = opened();
            let mut told = Vec::new();
            writer.begin(NOW).expect("begun");
            told.extend(opening().iter().map(|command| execute(&mut writer, command)));
            if durable {
                writer.commit().expect("durable");
                queries.catch_up().expect("applied");
                writer.begin(NOW).expect("begun");
            }
            told.extend(asking(100).iter().map(|command| execute(&mut writer, command)));
            writer.begin_transaction();
            for command in asking(900) {
                execute(&mut writer, &command);
            }
            writer.roll_back_transaction().expect("taken back");
            told.extend(asking(200).iter().map(|command| execute(&mut writer, command)));
            assert_eq!(told, one_by_one, "durable: {durable}");
        }
    }
}
