//! A region in memory that takes commands as lines of text and tells in text what came of them.
//!
//! ```text
//! admit M                          merge M,M INTO DATE          group GROUP KEY
//! key KEY YEAR M:WEIGHT,M:WEIGHT   weigh KEY YEAR GROUP YEAR,YEAR
//! schedule GROUP YEAR:DEGREE,YEAR:DEGREE
//! cost GROUP M COST AMOUNT         joint GROUP COST AMOUNT      correct COST CORRECTION AMOUNT   reverse COST
//! budget GROUP YEAR M:AMOUNT,M:AMOUNT                           advance YEAR M ADVANCE AMOUNT
//! settle YEAR SETTLEMENT           explain YEAR M               close DATE
//! ```
//! and in any order `@DATE` (the booking date), `year=`, `client=`, `threshold=`, `joint=`, `from=`. Amounts are in
//! euros. A municipality is a letter (a is GM0001) or a code. Costs are of 2021 unless they say otherwise.

use ledger_domain::region::*;
use ledger_domain::*;
use std::collections::BTreeMap;

/// One region, its entries and all that was recorded of it.
#[derive(Clone)]
pub(crate) struct Book {
    pub(crate) state: Option<Region>,
    pub(crate) entries: EntryMap,
    pub(crate) events: Vec<(Recorded, Event, Option<String>)>,
}

impl Book {
    /// A region after these lines, none of which may be refused.
    pub(crate) fn empty(lines: &[&str]) -> Self {
        let mut book = Self {
            state: None,
            entries: EntryMap::default(),
            events: Vec::new(),
        };
        let establish = Command::EstablishRegion(EstablishRegion {
            region: id("zhz"),
            title: "Zuid-Holland Zuid".into(),
            body: "Serviceorganisatie Jeugd".into(),
        });
        book.record(posting("2015-01-01"), &establish)
            .expect("establishes");
        for line in lines {
            let told = book.tell(line);
            let refused = Code::ALL
                .iter()
                .any(|code| told.starts_with(&format!("{code}: ")));
            assert!(!refused, "{line}: {told}");
        }
        book
    }

    /// A region of a, b and c since 2015 with group g shared by key k, weights 5, 3 and 2 in 2021, then these lines.
    pub(crate) fn with(lines: &[&str]) -> Self {
        let start = [
            "admit a",
            "admit b",
            "admit c",
            "group g k",
            "key k 2021 a:5,b:3,c:2 @2015-01-01",
        ];
        let lines: Vec<&str> = start.iter().chain(lines).copied().collect();
        Self::empty(&lines)
    }

    /// Decides and records; a refused command records nothing.
    pub(crate) fn record(&mut self, posting: Posting, command: &Command) -> Result<Vec<Event>, Refusal> {
        let events = self.decide(posting, command)?;
        let client = match command {
            Command::RecordCost(c) => c.client.clone(),
            _ => None,
        };
        for event in &events {
            let recorded = Recorded {
                position: self.events.len() as u64,
                booking_date: posting.booking_date,
            };
            self.state = evolve(self.state.take(), recorded, event);
            self.entries.apply(posting.booking_date, event, client.as_deref());
            self.events.push((recorded, event.clone(), client.clone()));
        }
        Ok(events)
    }

    /// Decides, without the costs too where no costs are asked: it must come to the same.
    fn decide(&self, posting: Posting, command: &Command) -> Result<Vec<Event>, Refusal> {
        let decided = decide(self.state.as_ref(), &self.entries, posting, command);
        if !command.asks_costs() {
            let state = self.state.as_ref().map(Region::without_costs);
            let without = decide(state.as_ref(), &self.entries, posting, command);
            assert_eq!(without, decided, "{command:?}");
        }
        decided
    }

    /// Records the line and tells what was decided, or `code: sentence`.
    pub(crate) fn tell(&mut self, line: &str) -> String {
        let (posting, command) = read(line);
        match self.record(posting, &command) {
            Ok(events) => told(&events),
            Err(refusal) => format!("{}: {}", refusal.code, refusal.detail),
        }
    }

    /// The code that the line is refused with, or `taken`; records nothing.
    pub(crate) fn try_out(&self, line: &str) -> &'static str {
        let (posting, command) = read(line);
        let outcome = self.decide(posting, &command);
        outcome.map_or_else(|refusal| refusal.code.as_str(), |_| "taken")
    }

    pub(crate) fn region(&self) -> &Region {
        self.state.as_ref().expect("a region")
    }

    /// Every line of a year at a date, with one figure: `a 1.00 b 2.00`; `?` where it cannot be told.
    pub(crate) fn figures(&self, year: Year, as_of: &str, figure: fn(&Line) -> Option<Money>) -> String {
        let statement = self.region().statement(year, date(as_of));
        let lines = statement.lines.iter().map(|line| {
            let amount = figure(line).map_or("?".to_owned(), |amount| amount.to_string());
            format!("{} {amount}", letter(line.municipality))
        });
        lines.collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn cost_shares(&self, year: Year, as_of: &str) -> String {
        self.figures(year, as_of, |line| line.share.cost_share)
    }

    pub(crate) fn balances(&self, year: Year, as_of: &str) -> String {
        self.figures(year, as_of, |line| line.balance)
    }
}

/// What was decided: settlement lines with predecessors in brackets, weights, client numbers, reversed amounts, or
/// `done` where nothing is decided beyond the command.
fn told(events: &[Event]) -> String {
    let told = events.iter().filter_map(|event| match event {
        Event::SettlementDrawnUp(e) => Some(format!("total {}", e.totals.amount)),
        Event::SettlementShareDrawn(e) => {
            let taken = e.taken_over.iter().map(|part| {
                let municipality = letter(part.municipality);
                format!(" [{municipality} {}]", part.figures.amount)
            });
            let taken: String = taken.collect();
            Some(format!("{} {}{taken}", letter(e.municipality), e.figures.amount))
        }
        Event::DistributionKeySet(e) if e.from_costs.is_some() => {
            let weights = e
                .weights
                .iter()
                .map(|(code, weight)| format!("{} {weight}", letter(*code)));
            Some(weights.collect::<Vec<_>>().join(" "))
        }
        Event::CostRecorded(e) => e.client_no.map(|number| format!("client {number}")),
        Event::CostReversed(e) => Some(format!("{}", e.amount)),
        _ => None,
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        "done".into()
    } else {
        told.join("; ")
    }
}

/// The command on this line, and what it brings along.
pub(crate) fn read(line: &str) -> (Posting, Command) {
    let mut day = "2021-06-01";
    let (mut words, mut options) = (Vec::new(), BTreeMap::new());
    for word in line.split_whitespace() {
        if let Some(date) = word.strip_prefix('@') {
            day = date;
        } else if let Some((name, value)) = word.split_once('=') {
            options.insert(name, value);
        } else {
            words.push(word);
        }
    }
    let year_of = |text: &str| text.parse::<Year>().expect("a year");
    let cost_year = options.get("year").map_or(2021, |text| year_of(text));
    let cost = |group: &str, on: Option<Municipality>, cost: &str, euros: &str| RecordCost {
        group: id(group),
        municipality: on,
        cost: entry(cost),
        year: cost_year,
        amount: amount(euros),
        client: options.get("client").map(|text| (*text).to_owned()),
        taakveld: None,
        category: None,
        tags: Tags::new(),
    };
    let command = match words[..] {
        ["admit", m] => Command::AdmitMunicipality(AdmitMunicipality {
            municipality: municipality(m),
            name: m.into(),
            from: date(options.get("from").unwrap_or(&"2015-01-01")),
        }),
        ["merge", from, into, on] => Command::MergeMunicipalities(MergeMunicipalities {
            from: from
                .split(',')
                .filter(|m| !m.is_empty())
                .map(municipality)
                .collect(),
            into: municipality(into),
            name: into.into(),
            effective_on: date(on),
        }),
        ["group", group, key] => Command::DefineCostGroup(DefineCostGroup {
            group: id(group),
            title: group.into(),
            key: id(key),
            threshold: options.get("threshold").map(|text| amount(text)),
            decision: decision(),
        }),
        ["key", key, year, weights] => Command::SetDistributionKey(SetDistributionKey {
            key: id(key),
            year: year_of(year),
            weights: KeyWeights::Given {
                weights: pairs(weights, municipality, weight),
                source: "CBS".into(),
            },
        }),
        ["weigh", key, year, group, years] => Command::SetDistributionKey(SetDistributionKey {
            key: id(key),
            year: year_of(year),
            weights: KeyWeights::FromCosts(FromCosts {
                group: id(group),
                years: years.split(',').filter(|y| !y.is_empty()).map(year_of).collect(),
            }),
        }),
        ["schedule", group, steps] => Command::SchedulePhaseOut(SchedulePhaseOut {
            group: id(group),
            steps: pairs(steps, year_of, fraction),
            decision: decision(),
        }),
        ["cost", group, m, id, euros] => Command::RecordCost(cost(group, Some(municipality(m)), id, euros)),
        ["joint", group, id, euros] => Command::RecordCost(cost(group, None, id, euros)),
        ["correct", cost, correction, euros] => Command::CorrectCost(CorrectCost {
            cost: entry(cost),
            correction: entry(correction),
            amount: amount(euros),
        }),
        ["reverse", cost] => Command::ReverseCost(ReverseCost { cost: entry(cost) }),
        ["budget", group, year, amounts] => Command::BudgetCosts(BudgetCosts {
            group: id(group),
            year: year_of(year),
            amounts: pairs(amounts, municipality, amount),
            joint: options.get("joint").map(|text| amount(text)),
            decision: decision(),
        }),
        ["advance", year, m, advance, euros] => Command::InvoiceAdvance(InvoiceAdvance {
            year: year_of(year),
            municipality: municipality(m),
            advance: entry(advance),
            amount: amount(euros),
        }),
        ["settle", year, settlement] => Command::DrawUpSettlement(DrawUpSettlement {
            year: year_of(year),
            settlement: id(settlement),
            decision: decision(),
        }),
        ["explain", year, m] => Command::ExplainRegion(ExplainRegion {
            year: year_of(year),
            municipality: Some(municipality(m)),
            figure: "costShare".into(),
        }),
        ["close", through] => Command::CloseRegionPeriod(CloseRegionPeriod {
            through: date(through),
        }),
        _ => unreachable!("not a command: {line}"),
    };
    // What carries its own date is booked on it.
    let booked = match &command {
        Command::AdmitMunicipality(c) => c.from,
        Command::MergeMunicipalities(c) => c.effective_on,
        Command::CloseRegionPeriod(c) => c.through,
        _ => date(day),
    };
    (posting(&booked.to_string()), command)
}

/// `KEY:VALUE,KEY:VALUE`; `-` for none.
fn pairs<K: Ord, V>(text: &str, key: impl Fn(&str) -> K, value: impl Fn(&str) -> V) -> BTreeMap<K, V> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once(':'));
    pairs.map(|(k, v)| (key(k), value(v))).collect()
}

fn posting(day: &str) -> Posting {
    Posting {
        booking_date: date(day),
        explained: false,
    }
}

pub(crate) fn decision() -> Decision {
    Decision {
        reference: "AB 2020-03-19".into(),
        by: DecidedBy::JointBody,
        decided_on: date("2020-03-19"),
    }
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).expect("an id")
}

fn entry(text: &str) -> EntryId {
    EntryId::new(text).expect("an entry id")
}

pub(crate) fn date(text: &str) -> Date {
    let parts: Vec<u16> = text
        .split('-')
        .map(|part| part.parse().expect("a number"))
        .collect();
    let small = |number: u16| u8::try_from(number).expect("a month or day");
    Date::from_ymd(parts[0], small(parts[1]), small(parts[2])).expect("a day")
}

/// Euros with at most two decimals.
pub(crate) fn amount(text: &str) -> Money {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    Money::from_cents(sign * i64::try_from(scaled(digits, 2)).expect("cents")).expect("money")
}

fn weight(text: &str) -> Weight {
    Weight::from_micros(scaled(text, 6)).expect("a weight")
}

fn scaled(digits: &str, decimals: usize) -> u64 {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    format!("{whole}{part:0<decimals$}").parse().expect("a number")
}

fn fraction(text: &str) -> Fraction {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let number = |part: &str| part.parse().expect("a number");
    Fraction::new(number(above), number(below)).expect("a fraction")
}

pub(crate) fn municipality(text: &str) -> Municipality {
    match text.as_bytes() {
        [small @ b'a'..=b'z'] => Municipality::from_number(u16::from(small - b'a' + 1)).expect("a code"),
        _ => Municipality::new(text).expect("a code"),
    }
}

fn letter(code: Municipality) -> String {
    match code.number() {
        number @ 1..=26 => char::from(b'a' + u8::try_from(number - 1).expect("a letter")).to_string(),
        _ => code.to_string(),
    }
}
