//! Seeded commands over few names, so that they meet: many are taken, many refused, some are no commands at all.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use serde_json::{Value, json};

use crate::{ledger::Model, money::written, questions::Question};

pub(crate) struct Generator {
    random: ChaCha8Rng,
    posted: Vec<Value>,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self {
            random,
            posted: Vec::new(),
        }
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap();
        of[at]
    }

    fn amount(&mut self, cents: u64) -> String {
        let of = if self.one_in(12) { cents * 20 } else { cents };
        written(i128::from(self.below(of) + 1))
    }

    fn signed(&mut self, cents: u64) -> String {
        let sign = if self.one_in(2) { "-" } else { "" };
        format!("{sign}{}", self.amount(cents))
    }

    fn date(&mut self) -> String {
        let year = self.pick(&[2019, 2020, 2020, 2021, 2021, 2022]);
        format!("{year}-{:02}-{:02}", self.below(12) + 1, self.below(28) + 1)
    }

    /// A date that is late more often than not: of what changes an entry.
    fn later(&mut self) -> String {
        self.date().max(self.date())
    }

    fn year(&mut self) -> Value {
        if self.one_in(2) {
            Value::Null
        } else {
            (2019 + self.below(4)).into()
        }
    }

    fn entry(&mut self, kind: &str, many: u64) -> String {
        format!("{kind}{}", self.below(many))
    }

    fn charges(&mut self, signed: bool) -> (Value, Option<String>) {
        if !self.one_in(4) {
            return (Value::Null, None);
        }
        let (mut charges, mut sum) = (Vec::new(), 0);
        for source in ["programme", "rijk", "verzekeraar", "onbekend"] {
            if self.one_in(if source == "onbekend" { 12 } else { 2 }) {
                let amount = if signed {
                    self.signed(4_000)
                } else {
                    self.amount(4_000)
                };
                sum += crate::money::cents_of(&amount);
                charges.push(json!({"source": source, "amount": amount}));
            }
        }
        let is_valid = !charges.is_empty() && sum != 0 && (signed || sum > 0);
        if is_valid {
            let off = i128::from(self.one_in(10));
            (
                charges.into(),
                Some(written(sum + off)).filter(|amount| amount != "0.00"),
            )
        } else {
            (Value::Null, None)
        }
    }

    /// The commands that begin a sequence: two programmes, one that is closed, and two regions.
    pub(crate) fn opening(&mut self) -> Vec<Value> {
        let decision = json!({"reference": "Besluit", "by": "council", "decidedOn": "2019-01-01"});
        let mut commands = Vec::new();
        for (id, overspend) in [("strak", "refuse"), ("ruim", "explain")] {
            commands.push(json!({"type": "establishProgramme", "programme": id, "title": "Plan", "municipality": "GM0505",
                "startsOn": "2019-03-01", "endsOn": "2022-06-30", "authorised": "9000.00", "overspend": overspend,
                "decision": decision, "bookingDate": "2019-01-01"}));
            for project in ["a", "b"] {
                commands.push(
                    json!({"type": "openProject", "programme": id, "project": project, "title": project,
                    "endsOn": if project == "a" { Value::Null } else { json!("2021-12-31") },
                    "bookingDate": "2019-01-01"}),
                );
                for year in [Value::Null, json!(2020), json!(2021)] {
                    commands.push(json!({"type": "allocateBudget", "programme": id, "project": project,
                        "amount": self.amount(30_000), "year": year, "decision": decision, "bookingDate": "2019-01-01"}));
                }
            }
            commands.push(
                json!({"type": "pledgeCofinancing", "programme": id, "project": "a", "funder": "rijk",
                "amount": "300.00", "share": "1/2", "bookingDate": "2019-01-01"}),
            );
        }
        commands.push(json!({"type": "establishProgramme", "programme": "dicht", "title": "Plan", "municipality": "GM0505",
            "startsOn": "2019-03-01", "endsOn": "2022-06-30", "authorised": "100.00", "decision": decision,
            "bookingDate": "2019-01-01"}));
        for (kind, project) in [
            ("openProject", json!("a")),
            ("closeProject", json!("a")),
            ("closeProgramme", Value::Null),
        ] {
            let mut command = json!({"type": kind, "programme": "dicht", "bookingDate": "2019-01-01"});
            if kind == "openProject" {
                command["title"] = json!("A");
            } else {
                command["decision"] = decision.clone();
            }
            if !project.is_null() {
                command["project"] = project;
            }
            commands.push(command);
        }
        for id in ["regio", "andere"] {
            commands.push(
                json!({"type": "establishRegion", "region": id, "title": "Regio", "body": "Dienst",
                "bookingDate": "2018-01-01"}),
            );
            for code in 1..5 {
                commands.push(
                    json!({"type": "admitMunicipality", "region": id, "municipality": format!("GM000{code}"),
                    "name": "Gemeente", "from": "2018-01-01"}),
                );
            }
            for (group, threshold) in [("jeugd", Value::Null), ("duur", json!("50.00"))] {
                commands.push(json!({"type": "defineCostGroup", "region": id, "group": group, "title": group,
                    "key": "inwoners", "threshold": threshold, "decision": decision, "bookingDate": "2018-06-01"}));
            }
        }
        commands
    }

    /// The next command, and whether it is none: broken in a way that no reader may take.
    pub(crate) fn command(&mut self, model: &Model) -> (Value, bool) {
        if !self.posted.is_empty() && self.one_in(40) {
            let at = usize::try_from(self.below(self.posted.len() as u64)).unwrap();
            let mut again = self.posted[at].clone();
            if self.one_in(3) && again["amount"].is_string() && !again["charges"].is_array() {
                again["amount"] = json!("1.23");
            }
            return (again, false);
        }
        let of_region = self.one_in(2);
        let mut command = if of_region {
            self.of_region()
        } else {
            self.of_programme()
        };
        let (owner, ids): (_, &[&str]) = if of_region {
            ("region", &["regio", "regio", "regio", "andere"])
        } else {
            (
                "programme",
                &[
                    "strak", "strak", "strak", "strak", "ruim", "ruim", "ruim", "ruim", "dicht",
                ],
            )
        };
        let id = if self.one_in(60) {
            "onbekend"
        } else {
            self.pick(ids)
        };
        command[owner] = json!(id);
        if self.one_in(8) {
            command["idempotencyKey"] = json!(format!("sleutel-{}", self.below(40)));
        }
        if self.one_in(10) {
            command["expectedVersion"] = json!(model.version(&command) + u64::from(self.one_in(3)));
        }
        let broken = self.one_in(25);
        if broken {
            self.break_it(&mut command);
        } else if command["idempotencyKey"].is_string() {
            self.posted.push(command.clone());
        }
        (command, broken)
    }

    fn break_it(&mut self, command: &mut Value) {
        match self.below(6) {
            0 => command["type"] = json!("onbekend"),
            1 => command["unknownField"] = json!("x"),
            2 => command["idempotencyKey"] = json!(""),
            3 => command["expectedVersion"] = json!("1"),
            4 if command["amount"].is_string() => command["amount"] = json!("1.5"),
            _ => {
                for field in ["bookingDate", "through", "from", "effectiveOn"] {
                    if command[field].is_string() {
                        command[field] = json!("2021-02-30");
                    }
                }
            }
        }
    }

    fn of_programme(&mut self) -> Value {
        let decision = json!({"reference": "Besluit", "by": "council", "decidedOn": "2019-01-01"});
        let project = self.pick(&["a", "a", "a", "a", "b", "b", "b", "c"]);
        let funder = self.pick(&["rijk", "rijk", "rijk", "verzekeraar", "verzekeraar", "onbekend"]);
        let (date, year) = (self.date(), self.year());
        let explanation = if self.one_in(2) {
            json!("Toelichting")
        } else {
            Value::Null
        };
        let share = if self.one_in(2) {
            self.pick(&["1/2", "0.25", "1/3", "1", "0", "2/7"]).into()
        } else {
            Value::Null
        };
        match self.below(40) {
            0..2 => json!({"type": "amendAuthorisation", "amount": self.signed(30_000), "decision": decision,
                "bookingDate": date}),
            2..4 => json!({"type": "openProject", "project": project, "title": project, "bookingDate": date}),
            4..7 => {
                json!({"type": "allocateBudget", "project": project, "amount": self.signed(20_000), "year": year,
                "decision": decision, "bookingDate": date})
            }
            7..9 => {
                let to = if project == "a" { "b" } else { "a" };
                json!({"type": "transferBudget", "fromProject": project, "toProject": to, "amount": self.amount(8_000),
                    "year": year, "decision": decision, "bookingDate": date})
            }
            9..12 => {
                let from = 2019 + self.below(3);
                let funder = if self.one_in(2) {
                    json!(funder)
                } else {
                    Value::Null
                };
                json!({"type": "carryOverBudget", "project": project, "fromYear": from, "toYear": from + 1 + self.below(2),
                    "amount": self.amount(6_000), "funder": funder, "decision": decision, "bookingDate": date})
            }
            12..17 => {
                let (charges, sum) = self.charges(false);
                let amount = sum.unwrap_or_else(|| self.amount(8_000));
                json!({"type": "enterCommitment", "project": project, "commitment": self.entry("V", 8), "amount": amount,
                    "charges": charges, "supplier": "Leverancier", "year": year, "explanation": explanation,
                    "bookingDate": date})
            }
            17..20 => {
                let kind = self.pick(&["raiseCommitment", "releaseCommitment"]);
                json!({"type": kind, "commitment": self.entry("V", 8), "amount": self.amount(4_000), "reason": "R",
                    "explanation": explanation, "bookingDate": self.later()})
            }
            20..27 => {
                let (charges, sum) = self.charges(false);
                let amount = sum.unwrap_or_else(|| self.amount(8_000));
                let commitment = if self.one_in(2) {
                    json!(self.entry("V", 8))
                } else {
                    Value::Null
                };
                json!({"type": "postExpenditure", "project": project, "expenditure": self.entry("F", 12), "amount": amount,
                    "charges": charges, "commitment": commitment, "year": year, "explanation": explanation,
                    "bookingDate": date})
            }
            27..31 => {
                let (charges, sum) = self.charges(true);
                let amount = sum.unwrap_or_else(|| self.signed(5_000));
                json!({"type": "correctExpenditure", "expenditure": self.entry("F", 12), "correction": self.entry("C", 90),
                    "amount": amount, "charges": charges, "reason": "R", "explanation": explanation, "bookingDate": self.later()})
            }
            31 | 32 => {
                json!({"type": "reverseExpenditure", "expenditure": self.entry("F", 12), "reason": "R",
                "bookingDate": self.later()})
            }
            33..35 => {
                let kind = self.pick(&["expectCofinancing", "pledgeCofinancing", "pledgeCofinancing"]);
                json!({"type": kind, "project": project, "funder": funder, "amount": self.signed(20_000), "share": share,
                    "year": year, "bookingDate": date})
            }
            35 => json!({"type": "receiveCofinancing", "project": project, "funder": funder,
                "receipt": self.entry("O", 30), "amount": self.signed(9_000), "bookingDate": date}),
            36 => {
                let project = if self.one_in(2) {
                    json!(project)
                } else {
                    Value::Null
                };
                let through = self.pick(&["2021-06-30", "2021-12-31", "2022-06-30", "2023-01-01"]);
                json!({"type": "recordForecast", "project": project, "forecastFor": through,
                    "amount": self.amount(90_000), "explanation": "Verwachting", "bookingDate": date})
            }
            37 => {
                json!({"type": "explainFigure", "project": project, "figure": "spentOwn", "explanation": "Toelichting",
                "bookingDate": date})
            }
            38 => match self.below(24) {
                0..3 => {
                    json!({"type": "closePeriod", "through": format!("2019-{:02}-01", self.below(6) + 1)})
                }
                3 => json!({"type": "closeProgramme", "decision": decision, "bookingDate": date}),
                4 => json!({"type": "establishProgramme", "title": "Plan", "municipality": "GM0505",
                    "startsOn": "2019-01-01", "endsOn": "2022-12-31", "authorised": "1.00", "decision": decision,
                    "bookingDate": date}),
                _ => {
                    json!({"type": "reopenProject", "project": project, "decision": decision, "bookingDate": date})
                }
            },
            _ => {
                json!({"type": "closeProject", "project": project, "decision": decision, "bookingDate": date})
            }
        }
    }

    fn of_region(&mut self) -> Value {
        let decision = json!({"reference": "Besluit", "by": "joint-body", "decidedOn": "2019-01-01"});
        let group = self.pick(&["jeugd", "jeugd", "duur", "duur", "duur", "nieuw"]);
        let codes = if self.one_in(4) { 7 } else { 4 };
        let code = format!("GM000{}", self.below(codes) + 1);
        let (date, year) = (self.date(), 2019 + self.below(4));
        match self.below(30) {
            0 => json!({"type": "admitMunicipality", "municipality": code, "name": "Gemeente",
                "from": format!("{}-01-01", 2018 + self.below(5))}),
            1 if self.one_in(2) => {
                let ends = format!("GM000{}", self.below(6) + 1);
                let into = if ends == code { "GM0009".to_owned() } else { code };
                json!({"type": "mergeMunicipalities", "from": [ends], "into": into, "name": "Samen",
                    "effectiveOn": format!("{}-01-01", 2020 + self.below(3))})
            }
            2 => {
                let threshold = if self.one_in(2) {
                    json!(self.amount(6_000))
                } else {
                    Value::Null
                };
                json!({"type": "defineCostGroup", "group": group, "title": group, "key": self.pick(&["inwoners", "ander"]),
                    "threshold": threshold, "decision": decision, "bookingDate": date})
            }
            3..9 => {
                let key = self.pick(&["inwoners", "inwoners", "ander"]);
                if self.one_in(5) {
                    let years: Vec<u64> = (2019..year).collect();
                    let years = if years.is_empty() { vec![2018] } else { years };
                    return json!({"type": "setDistributionKey", "key": key, "year": year,
                        "fromCosts": {"group": group, "years": years}, "bookingDate": date});
                }
                let mut weights = serde_json::Map::new();
                let last = if self.one_in(4) { 6 } else { 5 };
                let alike = self.one_in(2);
                for code in 1..last {
                    let weight = if alike {
                        "1".to_owned()
                    } else {
                        format!("{}.{}", self.below(90_000) + 1, self.below(10))
                    };
                    weights.insert(format!("GM000{code}"), json!(weight));
                }
                json!({"type": "setDistributionKey", "key": key, "year": year, "weights": weights, "source": "CBS",
                    "bookingDate": date})
            }
            9..11 => {
                let degree = self.pick(&["2/3", "0.5", "1/7", "0", "1"]);
                json!({"type": "schedulePhaseOut", "group": group, "steps": [{"year": year, "degree": degree},
                    {"year": year + 1, "degree": self.pick(&["1/3", "0"])}], "decision": decision, "bookingDate": date})
            }
            11..20 => {
                let joint = self.one_in(6);
                let client = if self.one_in(2) && !joint {
                    json!(self.entry("c", 4))
                } else {
                    Value::Null
                };
                let code = if joint { Value::Null } else { json!(code) };
                json!({"type": "recordCost", "group": group, "municipality": code, "cost": self.entry("K", 20),
                    "year": year, "amount": self.amount(9_000), "client": client, "bookingDate": date})
            }
            20..23 => {
                json!({"type": "correctCost", "cost": self.entry("K", 20), "correction": self.entry("KC", 90),
                "amount": self.signed(4_000), "reason": "R", "bookingDate": self.later()})
            }
            23 => {
                json!({"type": "reverseCost", "cost": self.entry("K", 20), "reason": "R", "bookingDate": self.later()})
            }
            24 => {
                let joint = if self.one_in(2) {
                    json!(self.amount(5_000))
                } else {
                    Value::Null
                };
                json!({"type": "budgetCosts", "group": group, "year": year,
                    "amounts": {code: self.amount(50_000), "GM0001": self.amount(50_000)}, "joint": joint,
                    "decision": decision, "bookingDate": date})
            }
            25..27 => json!({"type": "invoiceAdvance", "year": year, "municipality": code,
                "advance": self.entry("A", 40), "amount": self.signed(9_000), "bookingDate": date}),
            27 => json!({"type": "explainRegion", "year": year, "municipality": code, "figure": "costShare",
                "explanation": "Toelichting", "bookingDate": date}),
            28 if self.one_in(6) => {
                json!({"type": "closeRegionPeriod", "through": format!("2019-{:02}-01", self.below(6) + 1)})
            }
            _ => json!({"type": "drawUpSettlement", "year": year, "settlement": self.entry("s", 12),
                "decision": decision, "bookingDate": date}),
        }
    }

    /// A question about a log with these commit boundaries.
    pub(crate) fn question(&mut self, boundaries: &[u64]) -> Question {
        let at = usize::try_from(self.below(boundaries.len() as u64)).unwrap();
        Question {
            as_of: if self.one_in(4) {
                "2030-01-01".to_owned()
            } else {
                self.date()
            },
            position: (!self.one_in(3)).then(|| boundaries[at]),
            year: self.year().as_u64(),
            region_year: 2019 + self.below(4),
        }
    }
}
