//! Commitments and expenditures of the model: who pays, what they draw down and give back.

use serde_json::Value;

use crate::{
    codes::Codes,
    money::{Parts, add, cents, in_proportion},
    programme::{Entry, Programme, Trial, text, year_of},
};

impl Programme {
    /// Commitments and expenditures.
    pub(crate) fn entry(
        &mut self,
        command: &Value,
        mut codes: Codes,
        mut trial: Trial,
    ) -> Result<(), &'static str> {
        let kind = command["type"].as_str().unwrap();
        let amount = if command["amount"].is_string() {
            cents(&command["amount"])
        } else {
            0
        };
        let explained = command["explanation"].is_string();
        let given: Option<Parts> = command["charges"].as_array().map(|charges| {
            let part = |charge: &Value| (text(&charge["source"]), cents(&charge["amount"]));
            charges.iter().map(part).collect()
        });
        if let Some(given) = &given {
            codes.refuse_if(given.values().sum::<i128>() != amount, "charges-do-not-add-up");
        }
        let (commitment, expenditure) = (text(&command["commitment"]), text(&command["expenditure"]));
        let year = command["year"].as_u64().unwrap_or_else(|| year_of(&trial.date));
        let open = self.parts("committed", &commitment);
        match kind {
            "enterCommitment" => {
                self.open_project(&mut codes, &trial.project)?;
                codes.refuse_if(self.commitments.contains_key(&commitment), "duplicate-entry");
                let parts = given.unwrap_or_else(|| self.by_shares(&trial, year, amount));
                trial.post_all("committed", year, &parts, 1, &commitment);
                self.judge(&mut codes, &trial, &[year], explained);
                codes.verdict()?;
                self.commitments
                    .insert(commitment, Entry::new(&trial, year, parts));
            }
            "raiseCommitment" | "releaseCommitment" => {
                let entry = codes.need(self.commitments.get(&commitment).cloned(), "unknown-commitment")?;
                self.open_project(&mut codes, &entry.project)?;
                codes.refuse_if(trial.date < entry.date, "dated-before-entry");
                trial.project.clone_from(&entry.project);
                if kind == "raiseCommitment" {
                    let over = if open.is_empty() { &entry.original } else { &open };
                    let parts = self.capped(&trial, entry.year, in_proportion(amount, over));
                    trial.post_all("committed", entry.year, &parts, 1, &commitment);
                    self.judge(&mut codes, &trial, &[entry.year], explained);
                } else {
                    codes.refuse_if(amount > open.values().sum(), "commitment-exceeded");
                    codes.verdict()?;
                    let parts = in_proportion(amount, &open);
                    trial.post_all("committed", entry.year, &parts, -1, &commitment);
                }
            }
            "postExpenditure" => {
                self.open_project(&mut codes, &trial.project)?;
                let mut drawn = None;
                if !commitment.is_empty() {
                    let entry = codes.need(self.commitments.get(&commitment), "unknown-commitment")?;
                    let other = entry.project != trial.project;
                    codes.refuse_if(other, "commitment-of-other-project");
                    let parts = in_proportion(amount.min(open.values().sum()), &open);
                    if !other && !parts.is_empty() {
                        drawn = Some((commitment.clone(), entry.year, parts));
                    }
                }
                codes.refuse_if(self.expenditures.contains_key(&expenditure), "duplicate-entry");
                if let Some((commitment, year, parts)) = &drawn {
                    trial.post_all("committed", *year, parts, -1, commitment);
                }
                let parts = if let Some(given) = given {
                    trial.post_all("spent", year, &given, 1, &expenditure);
                    given
                } else {
                    let mut parts = drawn.as_ref().map(|drawn| drawn.2.clone()).unwrap_or_default();
                    trial.post_all("spent", year, &parts, 1, &expenditure);
                    let rest = amount - parts.values().sum::<i128>();
                    if rest > 0 {
                        let rest = self.by_shares(&trial, year, rest);
                        trial.post_all("spent", year, &rest, 1, &expenditure);
                        add(&mut parts, &rest, 1);
                    }
                    parts
                };
                self.judge(&mut codes, &trial, &[year], explained);
                codes.verdict()?;
                let entry = Entry {
                    drawn,
                    ..Entry::new(&trial, year, parts)
                };
                self.expenditures.insert(expenditure, entry);
            }
            _ => {
                let entry = codes.need(
                    self.expenditures.get(&expenditure).cloned(),
                    "unknown-expenditure",
                )?;
                self.open_project(&mut codes, &entry.project)?;
                trial.project.clone_from(&entry.project);
                codes.refuse_if(trial.date < entry.date, "dated-before-entry");
                codes.refuse_if(entry.reversed, "already-reversed");
                let correction = ("correction", text(&command["correction"]));
                let reverses = kind == "reverseExpenditure";
                let net = self.parts("spent", &expenditure);
                let total: i128 = net.values().sum();
                let mut parts = Parts::new();
                if reverses {
                    add(&mut parts, &net, -1);
                } else {
                    codes.refuse_if(self.others.contains(&correction), "duplicate-entry");
                    parts = given.unwrap_or_else(|| {
                        let over = if net.is_empty() { &entry.original } else { &net };
                        let parts = in_proportion(amount, over);
                        if amount > 0 {
                            self.capped(&trial, entry.year, parts)
                        } else {
                            parts
                        }
                    });
                    codes.refuse_if(total + amount < 0, "below-zero");
                    for (source, part) in &parts {
                        codes.refuse_if(net.get(source).unwrap_or(&0) + part < 0, "below-zero");
                    }
                }
                trial.post_all("spent", entry.year, &parts, 1, &expenditure);
                let keeps = if reverses { 0 } else { (total + amount).max(0) };
                let mut years = vec![entry.year];
                let mut drawn = entry.drawn.clone();
                if let Some((commitment, year, held)) = &mut drawn {
                    years.push(*year);
                    let back = held.values().sum::<i128>() - keeps;
                    if back > 0 {
                        let fallen = in_proportion(back, held);
                        let given_back = self.capped(&trial, *year, fallen.clone());
                        trial.post_all("committed", *year, &given_back, 1, commitment);
                        add(held, &fallen, -1);
                    }
                }
                self.judge(&mut codes, &trial, &years, explained);
                codes.verdict()?;
                if !reverses {
                    self.others.push(correction);
                }
                let drawn = drawn.filter(|(_, _, held)| !held.is_empty());
                let entry = Entry {
                    drawn,
                    reversed: reverses,
                    ..entry
                };
                self.expenditures.insert(expenditure, entry);
            }
        }
        codes.verdict()?;
        self.postings.extend(trial.postings);
        Ok(())
    }
}

impl Entry {
    pub(crate) fn new(trial: &Trial, year: u64, original: Parts) -> Self {
        Self {
            project: trial.project.clone(),
            date: trial.date.clone(),
            year,
            original,
            reversed: false,
            drawn: None,
        }
    }
}
