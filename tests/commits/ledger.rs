//! A ledger on a disk that is held, and those who wait for its answers.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread::JoinHandle,
};

use ledger_contract::report::KnownAt;
use ledger_domain::Id;
use ledger_service::{Ledger, LedgerError, Outcome, ReportQuery, Submission, open};
use ledger_store::{EventReader as _, Options, TapeReader, verify};
use ledger_testkit::ManualClock;

use crate::held::HeldDisk;

/// An answer that is waited for.
pub(crate) struct Asked<T> {
    asking: Pin<Box<dyn Future<Output = T>>>,
}

pub(crate) type Posted = Asked<Result<Outcome, LedgerError>>;

impl<T> Asked<T> {
    /// Puts a request in the queue; it is not answered at once.
    pub(crate) fn new(asking: impl Future<Output = T> + 'static) -> Self {
        let mut asked = Self {
            asking: Box::pin(asking),
        };
        asked.waits();
        asked
    }

    /// Asserts that there is no answer yet.
    pub(crate) fn waits(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let polled = self.asking.as_mut().poll(&mut context);
        assert!(matches!(polled, Poll::Pending), "answered too early");
    }

    /// The answer, which comes.
    pub(crate) fn answer(self) -> T {
        block_on(self.asking)
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

/// A ledger with 10.00 to spend, at 13:00, whose disk is held.
pub(crate) struct Held {
    directory: tempfile::TempDir,
    pub(crate) disk: HeldDisk,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ledger: Ledger<TapeReader>,
    writer: JoinHandle<()>,
}

const ORIGIN: &str = "test.example/ledger";
const PLAN: [&str; 3] = [
    r#""type":"establishProgramme","title":"P","municipality":"GM0505","startsOn":"2021-01-01","endsOn":"2022-12-31","authorised":"10.00","decision":{"reference":"R","by":"council","decidedOn":"2021-01-01"}"#,
    r#""type":"openProject","project":"a","title":"A""#,
    r#""type":"allocateBudget","project":"a","amount":"10.00","decision":{"reference":"R","by":"council","decidedOn":"2021-01-01"}"#,
];

impl Held {
    pub(crate) fn new() -> Self {
        let (directory, disk) = (tempfile::tempdir().unwrap(), HeldDisk::default());
        let clock = Arc::new(ManualClock::at("2022-01-01T12:00:00Z"));
        let options = Options {
            disk: Arc::new(disk.clone()),
            ..Options::new(ORIGIN)
        };
        let (writer, queries, _) = open(directory.path(), &options, clock.clone()).unwrap();
        let (ledger, writer) = Ledger::start(writer, queries).unwrap();
        for command in PLAN {
            let text = format!(r#"{{{command},"programme":"p","bookingDate":"2021-01-01"}}"#);
            block_on(post(&ledger, &text, None)).unwrap();
        }
        disk.hold();
        clock.set("2022-01-01T13:00:00Z");
        Self {
            directory,
            disk,
            clock,
            ledger,
            writer,
        }
    }

    /// Asks to spend; the answer waits.
    pub(crate) fn spend(&self, id: &str, amount: &str, key: Option<&str>) -> Posted {
        Asked::new(post(&self.ledger, &expenditure(id, amount), key))
    }

    /// Spends, however long that takes.
    pub(crate) fn spend_now(&self, id: &str, amount: &str) -> Result<Outcome, LedgerError> {
        block_on(post(&self.ledger, &expenditure(id, amount), None))
    }

    /// Spends 1.00, and brings a group to the disk that spends 2.00 (with the key `key`) and 300 times a cent: a small
    /// group is waited for.
    pub(crate) fn two_on_their_way(&self) -> [Posted; 2] {
        let alone = self.spend("alone", "1.00", None);
        self.disk.is_reached();
        let two = self.spend("two", "2.00", Some("key"));
        let cents = (1..=300).map(|number| {
            let text = expenditure(&format!("cent-{number}"), "0.01");
            let submission = Submission::read(text.as_bytes(), None, "test");
            (number, submission.map(Box::new))
        });
        let (ledger, cents) = (self.ledger.clone(), cents.collect());
        let three = Asked::new(async move {
            let (_, mut outcomes) = ledger.post_batch(cents).await?;
            Ok(outcomes.pop().unwrap())
        });
        self.disk.let_go(true);
        alone.answer().unwrap();
        self.disk.is_reached();
        [two, three]
    }

    /// What is spent, and the log position that the report stands on.
    pub(crate) fn spent(&self, known_at: Option<KnownAt>) -> (String, u64) {
        spent(&self.ledger, known_at)
    }

    /// Closes the ledger and opens it on a disk that works: what is spent then, with nothing wrong.
    pub(crate) fn spent_when_opened_again(self) -> String {
        self.disk.release();
        drop(self.ledger);
        self.writer.join().unwrap();
        let verified = verify(self.directory.path(), &Options::new(ORIGIN)).unwrap();
        assert_eq!(verified.findings, Vec::<String>::new());
        let (writer, queries, _) = open(self.directory.path(), &Options::new(ORIGIN), self.clock).unwrap();
        assert_eq!(queries.reader().head().size, queries.log_position());
        let (ledger, _) = Ledger::start(writer, queries).unwrap();
        spent(&ledger, None).0
    }
}

pub(crate) fn spent(ledger: &Ledger<TapeReader>, known_at: Option<KnownAt>) -> (String, u64) {
    let query = ReportQuery {
        known_at,
        ..ReportQuery::default()
    };
    let programme = Id::new("p").unwrap();
    let report = ledger.queries().budget_position(&programme, &query).unwrap();
    let report = serde_json::to_value(&report).unwrap();
    (
        report["totals"]["spentOwn"].as_str().unwrap().to_owned(),
        report["logPosition"].as_u64().unwrap(),
    )
}

fn expenditure(id: &str, amount: &str) -> String {
    format!(
        r#"{{"type":"postExpenditure","programme":"p","project":"a","expenditure":"{id}","amount":"{amount}","supplier":"S","bookingDate":"2021-05-01"}}"#
    )
}

fn post(
    ledger: &Ledger<TapeReader>,
    text: &str,
    key: Option<&str>,
) -> impl Future<Output = Result<Outcome, LedgerError>> + use<> {
    let submission = Submission::read(text.as_bytes(), key, "test").unwrap();
    let ledger = ledger.clone();
    async move { ledger.post(submission).await }
}
