//! A programme as a list of postings. Every balance, rule and report adds up the whole list again.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    codes::Codes,
    money::{Parts, apportion, cents, fraction},
};

/// Own money among the sources.
pub(crate) const OWN: &str = "programme";

/// One amount, in one column of one source of one project.
#[derive(Clone, Debug)]
pub(crate) struct Posting {
    /// The log position of its event.
    pub(crate) at: u64,
    pub(crate) date: String,
    pub(crate) project: String,
    pub(crate) source: String,
    pub(crate) column: &'static str,
    /// What it is bound to, or the year of delivery.
    pub(crate) year: Option<u64>,
    pub(crate) amount: i128,
    /// The commitment or expenditure that it belongs to.
    pub(crate) entry: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) project: String,
    pub(crate) date: String,
    pub(crate) year: u64,
    pub(crate) original: Parts,
    pub(crate) reversed: bool,
    /// Of an expenditure: its commitment, that one's year, and what it holds of it.
    pub(crate) drawn: Option<(String, u64, Parts)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) at: u64,
    pub(crate) date: String,
    pub(crate) ends_on: Option<String>,
    pub(crate) closed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Forecast {
    pub(crate) at: u64,
    pub(crate) date: String,
    pub(crate) project: Option<String>,
    pub(crate) through: String,
    pub(crate) amount: i128,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Programme {
    pub(crate) explains: bool,
    pub(crate) starts_on: String,
    pub(crate) ends_on: String,
    pub(crate) closed: bool,
    pub(crate) closed_through: String,
    /// Log position, booking date and amount.
    pub(crate) authorised: Vec<(u64, String, i128)>,
    pub(crate) projects: Vec<Project>,
    pub(crate) postings: Vec<Posting>,
    pub(crate) forecasts: Vec<Forecast>,
    /// In the order of giving.
    pub(crate) shares: Vec<Share>,
    pub(crate) commitments: BTreeMap<String, Entry>,
    pub(crate) expenditures: BTreeMap<String, Entry>,
    /// Kind and id of corrections and receipts.
    pub(crate) others: Vec<(&'static str, String)>,
}

/// Project, funder, binding and share.
pub(crate) type Share = (String, String, Option<u64>, (i128, i128));

/// Money of one source: what is bound and used, without a year and by year.
#[derive(Default)]
pub(crate) struct Balance {
    pub(crate) multi_year: i128,
    bound: BTreeMap<u64, i128>,
    used: BTreeMap<u64, i128>,
}

impl Balance {
    pub(crate) fn left_of(&self, year: u64) -> i128 {
        self.bound.get(&year).unwrap_or(&0) - self.used.get(&year).unwrap_or(&0)
    }

    pub(crate) fn years(&self) -> Vec<u64> {
        let mut years: Vec<u64> = self.bound.keys().chain(self.used.keys()).copied().collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    pub(crate) fn left_unbound(&self) -> i128 {
        self.multi_year
            + self
                .years()
                .iter()
                .map(|year| self.left_of(*year).min(0))
                .sum::<i128>()
    }

    pub(crate) fn left_for(&self, year: u64) -> i128 {
        self.left_of(year).max(0) + self.left_unbound()
    }

    pub(crate) fn left_total(&self) -> i128 {
        self.multi_year + self.years().iter().map(|year| self.left_of(*year)).sum::<i128>()
    }

    pub(crate) fn movable(&self, year: Option<u64>) -> i128 {
        year.map_or(self.left_unbound(), |year| self.left_of(year)).max(0)
    }
}

/// What a command would post, held against the rules before it is kept.
pub(crate) struct Trial {
    pub(crate) at: u64,
    pub(crate) date: String,
    pub(crate) project: String,
    pub(crate) postings: Vec<Posting>,
}

impl Trial {
    pub(crate) fn post(
        &mut self,
        source: &str,
        column: &'static str,
        year: Option<u64>,
        amount: i128,
        entry: &str,
    ) {
        self.postings.push(Posting {
            at: self.at,
            date: self.date.clone(),
            project: self.project.clone(),
            source: source.to_owned(),
            column,
            year,
            amount,
            entry: entry.to_owned(),
        });
    }

    pub(crate) fn post_all(
        &mut self,
        column: &'static str,
        year: u64,
        parts: &Parts,
        sign: i128,
        entry: &str,
    ) {
        for (source, part) in parts {
            self.post(source, column, Some(year), sign * part, entry);
        }
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn year_of(date: &str) -> u64 {
    date[..4].parse().unwrap()
}

impl Programme {
    pub(crate) fn establish(command: &Value, at: u64) -> Self {
        Self {
            explains: command["overspend"] == "explain",
            starts_on: text(&command["startsOn"]),
            ends_on: text(&command["endsOn"]),
            authorised: vec![(at, text(&command["bookingDate"]), cents(&command["authorised"]))],
            ..Self::default()
        }
    }

    pub(crate) fn balance(&self, project: &str, source: &str, trial: &[Posting]) -> Balance {
        let mut balance = Balance::default();
        let all = self.postings.iter().chain(trial);
        for posting in all.filter(|posting| posting.project == project && posting.source == source) {
            let sign = match posting.column {
                "allocated" | "transferredIn" | "carriedIn" | "pledged" => 1,
                "transferredOut" | "carriedOut" | "released" => -1,
                "spent" | "committed" => {
                    *balance.used.entry(posting.year.unwrap()).or_default() += posting.amount;
                    continue;
                }
                _ => continue,
            };
            match posting.year {
                Some(year) => *balance.bound.entry(year).or_default() += sign * posting.amount,
                None => balance.multi_year += sign * posting.amount,
            }
        }
        balance
    }

    pub(crate) fn sum(&self, keep: impl Fn(&Posting) -> bool) -> i128 {
        self.postings.iter().filter(|p| keep(p)).map(|p| p.amount).sum()
    }

    /// Amounts of one column of one entry, by source.
    pub(crate) fn parts(&self, column: &str, entry: &str) -> Parts {
        let mut parts = Parts::new();
        for posting in &self.postings {
            if posting.column == column && posting.entry == entry {
                *parts.entry(posting.source.clone()).or_default() += posting.amount;
            }
        }
        parts.retain(|_, part| *part != 0);
        parts
    }

    pub(crate) fn is_funder(&self, project: &str, funder: &str) -> bool {
        let promised = |p: &Posting| matches!(p.column, "expected" | "pledged");
        self.postings
            .iter()
            .any(|p| p.project == project && p.source == funder && promised(p))
    }

    pub(crate) fn budgets(&self) -> i128 {
        self.sum(|p| p.column == "allocated") - self.sum(|p| p.column == "released")
    }

    /// The share of a funder for a year; without one that of a year that no share is bound to.
    pub(crate) fn share(&self, project: &str, funder: &str, year: Option<u64>) -> Option<(i128, i128)> {
        let holds = |binding: Option<u64>| binding.is_none() || binding == year;
        let given = self.shares.iter().rev();
        let mut given = given.filter(|(p, f, binding, _)| p == project && f == funder && holds(*binding));
        given.next().map(|(.., share)| *share)
    }

    pub(crate) fn shares_exceed_one(&self, project: &str) -> bool {
        let here = || self.shares.iter().filter(|(p, ..)| p == project);
        let years = here().map(|(_, _, binding, _)| *binding);
        let mut funders: Vec<&String> = here().map(|(_, funder, ..)| funder).collect();
        funders.sort();
        funders.dedup();
        let exceeds = |year: Option<u64>| {
            let shares = funders
                .iter()
                .filter_map(|funder| self.share(project, funder, year));
            let sum = shares.fold((0, 1), |(above, below), (n, d)| {
                (above * d + n * below, below * d)
            });
            sum.0 > sum.1
        };
        let mut years = years;
        years.any(exceeds)
    }

    pub(crate) fn give_share(&mut self, command: &Value) {
        if let Some(share) = command["share"].as_str() {
            let (project, funder) = (text(&command["project"]), text(&command["funder"]));
            let year = command["year"].as_u64();
            self.shares
                .retain(|(p, f, binding, _)| !(*p == project && *f == funder && *binding == year));
            self.shares.push((project, funder, year, fraction(share)));
        }
    }

    pub(crate) fn carry_share(&mut self, project: &str, funder: &str, from: u64, to: u64) {
        let is = |year: u64| {
            move |(p, f, binding, _): &Share| p == project && f == funder && *binding == Some(year)
        };
        if !self.shares.iter().any(is(to))
            && let Some(place) = self.shares.iter().position(is(from))
        {
            let share = self.shares[place].3;
            self.shares
                .insert(place, (project.to_owned(), funder.to_owned(), Some(to), share));
        }
    }

    /// Who pays by shares, with own money where a funder has nothing left.
    pub(crate) fn by_shares(&self, trial: &Trial, year: u64, amount: i128) -> Parts {
        let mut funders: Vec<(String, (i128, i128))> = Vec::new();
        for posting in self
            .postings
            .iter()
            .filter(|p| p.project == trial.project && p.column == "pledged")
        {
            let funder = &posting.source;
            let pledges = self.balance(&trial.project, funder, &[]);
            let pays = pledges.multi_year > 0 || pledges.bound.get(&year).is_some_and(|bound| *bound > 0);
            if let Some(share) = self.share(&trial.project, funder, Some(year))
                && pays
                && !funders.iter().any(|(known, _)| known == funder)
            {
                funders.push((funder.clone(), share));
            }
        }
        let one: i128 = funders.iter().map(|(_, (_, below))| below).product();
        let mut weights: BTreeMap<String, i128> = funders
            .into_iter()
            .map(|(funder, (above, below))| (funder, above * (one / below)))
            .collect();
        weights.insert(OWN.to_owned(), one - weights.values().sum::<i128>());
        let amounts = apportion(amount, &weights.values().copied().collect::<Vec<_>>());
        self.capped(trial, year, weights.into_keys().zip(amounts).collect())
    }

    pub(crate) fn capped(&self, trial: &Trial, year: u64, parts: Parts) -> Parts {
        let mut capped = Parts::new();
        for (source, part) in parts {
            let pays = if source == OWN {
                part
            } else {
                let left = self
                    .balance(&trial.project, &source, &trial.postings)
                    .left_for(year);
                part.min(left.max(0))
            };
            *capped.entry(source).or_default() += pays;
            *capped.entry(OWN.to_owned()).or_default() += part - pays;
        }
        capped.retain(|_, part| *part != 0);
        capped
    }

    /// Holds what the trial uses more of against what was left.
    pub(crate) fn judge(&self, codes: &mut Codes, trial: &Trial, years: &[u64], explained: bool) {
        let mut sources: Vec<&String> = trial.postings.iter().map(|p| &p.source).collect();
        sources.sort();
        sources.dedup();
        for source in sources {
            if source != OWN && !self.is_funder(&trial.project, source) {
                codes.refuse("unknown-funder");
                continue;
            }
            let before = self.balance(&trial.project, source, &[]);
            let after = self.balance(&trial.project, source, &trial.postings);
            for year in years {
                let left = after.left_for(*year);
                if left >= before.left_for(*year) || left >= 0 {
                    continue;
                }
                match (source.as_str(), self.explains) {
                    (OWN, true) => codes.refuse_if(!explained, "explanation-required"),
                    (OWN, false) if after.left_total() >= 0 => codes.refuse("year-budget-exceeded"),
                    (OWN, false) => codes.refuse("budget-exceeded"),
                    _ => codes.refuse("pledge-exceeded"),
                }
            }
        }
    }

    pub(crate) fn take_away(&self, codes: &mut Codes, project: &str, year: Option<u64>, amount: i128) {
        let own = self.balance(project, OWN, &[]);
        if amount > own.movable(year) {
            codes.refuse(if amount <= own.left_total() {
                "year-budget-exceeded"
            } else {
                "budget-exceeded"
            });
        }
    }

    pub(crate) fn open_project(&self, codes: &mut Codes, id: &str) -> Result<(), &'static str> {
        let project = self.projects.iter().find(|project| project.id == id);
        let project = codes.need(project, "unknown-project")?;
        codes.refuse_if(project.closed, "project-closed");
        Ok(())
    }
}
