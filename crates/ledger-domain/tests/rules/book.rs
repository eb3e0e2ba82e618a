//! A programme in memory that takes commands as lines of text and tells in text what came of them.
//!
//! ```text
//! amend AMOUNT                            open PROJECT      reopen PROJECT      close PROJECT
//! allocate PROJECT AMOUNT                 transfer FROM TO AMOUNT
//! carry PROJECT FROM_YEAR TO_YEAR AMOUNT
//! commit PROJECT COMMITMENT AMOUNT        raise COMMITMENT AMOUNT               release COMMITMENT AMOUNT
//! spend PROJECT EXPENDITURE AMOUNT        correct EXPENDITURE CORRECTION AMOUNT reverse EXPENDITURE
//! expect PROJECT FUNDER AMOUNT            pledge PROJECT FUNDER AMOUNT          receive PROJECT FUNDER RECEIPT AMOUNT
//! forecast AMOUNT                         explain                               close-period DATE
//! close-programme
//! ```
//! and in any order `@DATE` (the booking date), `explained`, and `year=`, `share=`, `on=COMMITMENT`, `funder=`,
//! `project=`, `charges=SOURCE:AMOUNT,SOURCE:AMOUNT`. Amounts are in euros.

use crate::audit;
use ledger_domain::programme::*;
use ledger_domain::*;
use std::collections::BTreeMap;

/// One programme, its entries and all that was recorded of it.
pub(crate) struct Book {
    pub(crate) state: Option<Programme>,
    pub(crate) entries: EntryMap,
    pub(crate) events: Vec<(Date, Event)>,
    pub(crate) policy: OverspendPolicy,
}

impl Book {
    /// A programme of 1,000.00 from 2020 on that refuses overspends, with projects p and q, after these lines.
    pub(crate) fn with(lines: &[&str]) -> Self {
        Self::under(OverspendPolicy::Refuse, lines)
    }

    /// The same, but overspends are taken with an explanation.
    pub(crate) fn explaining(lines: &[&str]) -> Self {
        Self::under(OverspendPolicy::Explain, lines)
    }

    pub(crate) fn under(policy: OverspendPolicy, lines: &[&str]) -> Self {
        Self::authorised(policy, "1000", lines)
    }

    pub(crate) fn authorised(policy: OverspendPolicy, authorised: &str, lines: &[&str]) -> Self {
        let mut book = Self {
            state: None,
            entries: EntryMap::default(),
            events: Vec::new(),
            policy,
        };
        let (posting, _) = read("explain");
        book.record(posting, &establish(policy, amount(authorised)))
            .expect("establishes");
        for line in ["open p", "open q"].iter().chain(lines) {
            let told = book.tell(line);
            let refused = Code::ALL
                .iter()
                .any(|code| told.starts_with(&format!("{code}: ")));
            assert!(!refused, "{line}: {told}");
        }
        book
    }

    /// Decides and records; a refused command records nothing. Every recorded event is audited.
    pub(crate) fn record(&mut self, posting: Posting, command: &Command) -> Result<Event, Refusal> {
        let event = decide(self.state.as_ref(), &self.entries, posting, command)?;
        self.state = evolve(self.state.take(), &event);
        self.entries.apply(posting.booking_date, &event);
        self.events.push((posting.booking_date, event.clone()));
        audit::audit(self, &event);
        Ok(event)
    }

    /// Records the line and tells what was decided: `programme 60.00, f 40.00; overspend 5.00; drawn programme
    /// 60.00; back f 1.00`, `done` for events that decide nothing, or `code: sentence`.
    pub(crate) fn tell(&mut self, line: &str) -> String {
        let (posting, command) = read(line);
        match self.record(posting, &command) {
            Ok(event) => told(&event),
            Err(refusal) => format!("{}: {}", refusal.code, refusal.detail),
        }
    }

    /// The code that the line is refused with, or `taken`; records nothing.
    pub(crate) fn try_out(&self, line: &str) -> &'static str {
        let (posting, command) = read(line);
        let outcome = decide(self.state.as_ref(), &self.entries, posting, &command);
        outcome.map_or_else(|refusal| refusal.code.as_str(), |_| "taken")
    }

    pub(crate) fn programme(&self) -> &Programme {
        self.state.as_ref().expect("a programme")
    }

    /// What is left of the own budget of project p: in all, and for entries of 2020, 2021 and 2022.
    pub(crate) fn left(&self) -> String {
        let own = self.programme().project(&id("p")).expect("project p").own();
        let for_years = [2020, 2021, 2022].map(|year| euros(own.left_for(year)));
        format!("{}: {}", euros(own.left_total()), for_years.join(" "))
    }
}

pub(crate) fn establish(overspend: OverspendPolicy, authorised: Money) -> Command {
    Command::EstablishProgramme(EstablishProgramme {
        programme: id("investeringsplan"),
        title: "Investeringsplan".into(),
        municipality: Municipality::new("GM0505").expect("a code"),
        starts_on: date("2020-01-01"),
        ends_on: date("2022-12-31"),
        authorised,
        decision: decision(),
        overspend,
    })
}

/// The command on this line, and what it brings along.
pub(crate) fn read(line: &str) -> (Posting, Command) {
    let mut posting = Posting {
        booking_date: date("2021-06-01"),
        explained: false,
    };
    let mut words = Vec::new();
    let mut options = BTreeMap::new();
    for word in line.split_whitespace() {
        if let Some(day) = word.strip_prefix('@') {
            posting.booking_date = date(day);
        } else if word == "explained" {
            posting.explained = true;
        } else if let Some((name, value)) = word.split_once('=') {
            options.insert(name, value);
        } else {
            words.push(word);
        }
    }
    let year = |name: &str| options.get(name).map(|text| text.parse().expect("a year"));
    let charges = options.get("charges").map(|text| {
        let pairs = text.split(',').filter_map(|charge| charge.split_once(':'));
        pairs
            .map(|(source, part)| Charge::new(&id(source), amount(part)))
            .collect()
    });
    let promise = |project: &str, funder: &str, money: &str| PromiseCofinancing {
        project: id(project),
        funder: id(funder),
        amount: amount(money),
        share: options.get("share").map(|text| fraction(text)),
        year: year("year"),
    };
    let change = |commitment: &str, money: &str| ChangeCommitment {
        commitment: entry(commitment),
        amount: amount(money),
    };
    let command = match *words.as_slice() {
        ["amend", money] => Command::AmendAuthorisation(AmendAuthorisation {
            amount: amount(money),
            decision: decision(),
        }),
        ["open", project] => Command::OpenProject(OpenProject {
            project: id(project),
            title: project.into(),
            theme: None,
            taakveld: None,
            law: None,
            starts_on: options.get("from").map(|text| date(text)),
            ends_on: options.get("to").map(|text| date(text)),
            follow_up_funding: None,
            tags: Tags::new(),
        }),
        ["reopen", project] => Command::ReopenProject(ReopenProject {
            project: id(project),
            decision: decision(),
        }),
        ["close", project] => Command::CloseProject(CloseProject {
            project: id(project),
            decision: decision(),
        }),
        ["close-programme"] => Command::CloseProgramme(CloseProgramme { decision: decision() }),
        ["close-period", through] => {
            posting.booking_date = date(through);
            Command::ClosePeriod(ClosePeriod {
                through: date(through),
            })
        }
        ["allocate", project, money] => Command::AllocateBudget(AllocateBudget {
            project: id(project),
            amount: amount(money),
            year: year("year"),
            decision: decision(),
        }),
        ["transfer", from, to, money] => Command::TransferBudget(TransferBudget {
            from_project: id(from),
            to_project: id(to),
            amount: amount(money),
            year: year("year"),
            decision: decision(),
        }),
        ["carry", project, from, to, money] => Command::CarryOverBudget(CarryOverBudget {
            project: id(project),
            from_year: from.parse().expect("a year"),
            to_year: to.parse().expect("a year"),
            amount: amount(money),
            decision: decision(),
            funder: options.get("funder").map(|text| id(text)),
        }),
        ["commit", project, commitment, money] => Command::EnterCommitment(EnterCommitment {
            project: id(project),
            commitment: entry(commitment),
            amount: amount(money),
            charges,
            year: year("year"),
            taakveld: None,
            category: None,
            tags: Tags::new(),
        }),
        ["raise", commitment, money] => Command::RaiseCommitment(change(commitment, money)),
        ["release", commitment, money] => Command::ReleaseCommitment(change(commitment, money)),
        ["spend", project, expenditure, money] => Command::PostExpenditure(PostExpenditure {
            project: id(project),
            expenditure: entry(expenditure),
            amount: amount(money),
            commitment: options.get("on").map(|text| entry(text)),
            charges,
            year: year("year"),
            taakveld: None,
            category: None,
            tags: Tags::new(),
        }),
        ["correct", expenditure, correction, money] => Command::CorrectExpenditure(CorrectExpenditure {
            expenditure: entry(expenditure),
            correction: entry(correction),
            amount: amount(money),
            charges,
        }),
        ["reverse", expenditure] => Command::ReverseExpenditure(ReverseExpenditure {
            expenditure: entry(expenditure),
        }),
        ["expect", project, funder, money] => Command::ExpectCofinancing(promise(project, funder, money)),
        ["pledge", project, funder, money] => Command::PledgeCofinancing(promise(project, funder, money)),
        ["receive", project, funder, receipt, money] => Command::ReceiveCofinancing(ReceiveCofinancing {
            project: id(project),
            funder: id(funder),
            receipt: entry(receipt),
            amount: amount(money),
        }),
        ["forecast", money] => Command::RecordForecast(RecordForecast {
            project: options.get("project").map(|text| id(text)),
            forecast_for: date("2022-12-31"),
            amount: amount(money),
        }),
        ["explain"] => Command::ExplainFigure(ExplainFigure {
            project: options.get("project").map(|text| id(text)),
            figure: "remaining".into(),
            source_contradiction: false,
        }),
        _ => unreachable!("no such line: {line}"),
    };
    (posting, command)
}

/// What an event decided, as [`Book::tell`] tells it.
fn told(event: &Event) -> String {
    let list = |charges: &[Charge]| {
        let parts: Vec<String> = charges
            .iter()
            .map(|charge| format!("{} {}", charge.source, charge.amount))
            .collect();
        parts.join(", ")
    };
    let over = |amount: Money| {
        if amount.is_zero() {
            String::new()
        } else {
            format!("; overspend {amount}")
        }
    };
    let part = |name: &str, part: &Option<DrawDown>| {
        part.as_ref()
            .map_or(String::new(), |part| format!("; {name} {}", list(&part.charges)))
    };
    match event {
        Event::CommitmentEntered(e) => list(&e.charges) + &over(e.overspend),
        Event::CommitmentRaised(e) | Event::CommitmentReleased(e) => list(&e.charges) + &over(e.overspend),
        Event::ExpenditurePosted(e) => list(&e.charges) + &over(e.overspend) + &part("drawn", &e.drawn_down),
        Event::ExpenditureCorrected(e) => {
            list(&e.charges) + &over(e.overspend) + &part("back", &e.given_back)
        }
        Event::ExpenditureReversed(e) => list(&e.charges) + &part("back", &e.given_back),
        Event::ProjectClosed(e) => {
            let bucket = |year: Option<Year>| year.map_or("multi-year".into(), |year| year.to_string());
            let parts = e
                .released
                .iter()
                .map(|part| format!("{} {}", bucket(part.year), part.amount));
            format!("released {}", parts.collect::<Vec<_>>().join(", "))
        }
        _ => "done".into(),
    }
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).expect("an id")
}

pub(crate) fn entry(text: &str) -> EntryId {
    EntryId::new(text).expect("an entry id")
}

pub(crate) fn date(text: &str) -> Date {
    let parts: Vec<u16> = text
        .split('-')
        .map(|part| part.parse().expect("a number"))
        .collect();
    match *parts.as_slice() {
        [year, month, day] => {
            let small = |part: u16| u8::try_from(part).expect("a month or day");
            Date::from_ymd(year, small(month), small(day)).expect("a real day")
        }
        _ => unreachable!("no date: {text}"),
    }
}

pub(crate) fn amount(text: &str) -> Money {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
    Money::from_cents(format!("{whole}{cents}").parse().expect("digits")).expect("in range")
}

pub(crate) fn fraction(text: &str) -> Fraction {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let part = |text: &str| text.parse().expect("a number");
    Fraction::new(part(numerator), part(denominator)).expect("a fraction")
}

pub(crate) fn euros(cents: Cents) -> String {
    Money::from_cents(i64::try_from(cents).expect("in range"))
        .expect("in range")
        .to_string()
}

fn decision() -> Decision {
    Decision {
        reference: "Raadsbesluit 2019-06-25".into(),
        by: DecidedBy::Council,
        decided_on: date("2019-06-25"),
    }
}
