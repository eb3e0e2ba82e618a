//! What a region takes, and with which code it refuses the rest.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    codes::Codes,
    money::{cents, cents_of, fraction},
    programme::text,
    region::{Amount, Group, GroupYear, Member, Region, Settlement, Version, first_day},
};

impl Region {
    /// Takes a command whose first event would be at position `at`, or tells the code that it is refused with.
    pub(crate) fn take(&mut self, command: &Value, at: u64) -> Result<(), &'static str> {
        let kind = command["type"].as_str().unwrap();
        let dated_by = match kind {
            "admitMunicipality" => "from",
            "mergeMunicipalities" => "effectiveOn",
            "closeRegionPeriod" => "through",
            _ => "bookingDate",
        };
        let date = text(&command[dated_by]);
        let mut codes = Codes::default();
        if kind == "establishRegion" {
            codes.refuse("duplicate-id");
            return codes.verdict();
        }
        codes.refuse_if(
            kind != "explainRegion" && date <= self.closed_through,
            "period-closed",
        );
        let year = command["year"].as_u64().unwrap_or_default();
        let (group, cost) = (text(&command["group"]), text(&command["cost"]));
        let municipality = command["municipality"].as_str();
        let amount = if command["amount"].is_string() {
            cents(&command["amount"])
        } else {
            0
        };
        let record =
            |group: &str, year, municipality: Option<&str>, client: &str, entry: &str, amount| Amount {
                at,
                date: date.clone(),
                group: group.to_owned(),
                year,
                municipality: municipality.map(str::to_owned),
                client: client.to_owned(),
                entry: entry.to_owned(),
                cents: amount,
            };
        match kind {
            "admitMunicipality" => {
                let code = municipality.unwrap();
                codes.refuse_if(self.members.contains_key(code), "duplicate-id");
                codes.verdict()?;
                self.members.insert(
                    code.to_owned(),
                    Member {
                        at,
                        from: date,
                        merged: None,
                    },
                );
            }
            "mergeMunicipalities" => {
                let into = text(&command["into"]);
                let ending: Vec<String> = command["from"].as_array().unwrap().iter().map(text).collect();
                for code in &ending {
                    match self.members.get(code) {
                        None => codes.refuse("unknown-municipality"),
                        Some(member) => {
                            codes.refuse_if(member.merged.is_some() || member.from >= date, "not-a-member");
                        }
                    }
                }
                if let Some(successor) = self.members.get(&into) {
                    codes.refuse_if(
                        successor.merged.is_some() || successor.from > date,
                        "not-a-member",
                    );
                }
                codes.verdict()?;
                for code in ending {
                    self.members.get_mut(&code).unwrap().merged = Some((at, date.clone(), into.clone()));
                }
                self.members.entry(into).or_insert(Member {
                    at,
                    from: date,
                    merged: None,
                });
            }
            "defineCostGroup" => {
                codes.refuse_if(self.groups.iter().any(|known| known.id == group), "duplicate-id");
                codes.verdict()?;
                let threshold = command["threshold"].as_str().map(cents_of);
                let key = text(&command["key"]);
                self.groups.push(Group {
                    at,
                    date,
                    id: group,
                    key,
                    threshold,
                });
            }
            "setDistributionKey" => {
                let mut value: BTreeMap<String, (i128, i128)> = BTreeMap::new();
                if let Some(weights) = command["weights"].as_object() {
                    for (code, weight) in weights {
                        let (above, below) = fraction(weight.as_str().unwrap());
                        value.insert(code.clone(), (above * (1_000_000 / below), 1));
                    }
                } else {
                    let from = &command["fromCosts"];
                    self.need_group(&mut codes, from["group"].as_str().unwrap())?;
                    value.extend(self.members_of(year).into_iter().map(|member| (member, (0, 1))));
                    let years: Vec<u64> = from["years"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .filter_map(Value::as_u64)
                        .collect();
                    for cost in &self.costs {
                        let counts = from["group"] == *cost.group && years.contains(&cost.year);
                        if let Some(code) = cost.municipality.as_ref().filter(|_| counts)
                            && let Some(sum) = value.get_mut(&self.successor(code, &first_day(year)))
                        {
                            sum.0 += cost.cents * 10_000;
                        }
                    }
                    let nothing = value.values().all(|(weight, _)| *weight <= 0);
                    codes.refuse_if(nothing, "key-missing");
                }
                codes.refuse_if(!value.keys().eq(&self.members_of(year)), "members-differ");
                codes.verdict()?;
                let of = (text(&command["key"]), year);
                self.keys.push(Version {
                    at,
                    date,
                    of,
                    value,
                    joint: 0,
                });
            }
            "schedulePhaseOut" => {
                self.need_group(&mut codes, &group)?;
                codes.verdict()?;
                let steps = command["steps"].as_array().unwrap().iter();
                let value = steps.map(|step| {
                    (
                        step["year"].to_string(),
                        fraction(step["degree"].as_str().unwrap()),
                    )
                });
                let value = value.collect();
                self.schedules.push(Version {
                    at,
                    date,
                    of: (group, 0),
                    value,
                    joint: 0,
                });
            }
            "recordCost" => {
                if let Some(code) = municipality {
                    self.member_of(&mut codes, year, code);
                }
                self.need_group(&mut codes, &group)?;
                let taken = self.costs.iter().any(|known| known.entry == cost);
                codes.refuse_if(taken, "duplicate-entry");
                codes.verdict()?;
                let client = text(&command["client"]);
                self.costs
                    .push(record(&group, year, municipality, &client, &cost, amount));
            }
            "correctCost" | "reverseCost" => {
                let first = self.costs.iter().find(|known| known.entry == cost).cloned();
                let first = codes.need(first, "unknown-cost")?;
                let reverses = kind == "reverseCost";
                let correction = text(&command["correction"]);
                codes.refuse_if(
                    !reverses && self.corrections.contains(&correction),
                    "duplicate-entry",
                );
                codes.refuse_if(date < first.date, "dated-before-entry");
                codes.refuse_if(self.reversed.contains(&cost), "already-reversed");
                let stands: i128 = self
                    .costs
                    .iter()
                    .filter(|c| c.entry == cost)
                    .map(|c| c.cents)
                    .sum();
                codes.refuse_if(!reverses && stands + amount < 0, "below-zero");
                codes.verdict()?;
                let change = if reverses {
                    self.reversed.push(cost.clone());
                    -stands
                } else {
                    self.corrections.push(correction);
                    amount
                };
                let code = first.municipality.as_deref();
                self.costs.push(record(
                    &first.group,
                    first.year,
                    code,
                    &first.client,
                    &cost,
                    change,
                ));
            }
            "budgetCosts" => {
                let amounts = command["amounts"].as_object().unwrap();
                for code in amounts.keys() {
                    self.member_of(&mut codes, year, code);
                }
                self.need_group(&mut codes, &group)?;
                codes.verdict()?;
                let value = amounts
                    .iter()
                    .map(|(code, amount)| (code.clone(), (cents(amount), 1)))
                    .collect();
                let joint = command["joint"].as_str().map_or(0, cents_of);
                self.budgets.push(Version {
                    at,
                    date,
                    of: (group, year),
                    value,
                    joint,
                });
            }
            "invoiceAdvance" => {
                let (code, advance) = (municipality.unwrap(), text(&command["advance"]));
                codes.refuse_if(!self.members.contains_key(code), "unknown-municipality");
                let taken = self.advances.iter().any(|known| known.entry == advance);
                codes.refuse_if(taken, "duplicate-entry");
                let members = self.members_of(year);
                let shares = |member: &String| member == code || self.successor(member, &date) == code;
                codes.refuse_if(!members.iter().any(shares), "not-a-member");
                codes.verdict()?;
                self.advances
                    .push(record("", year, municipality, "", &advance, amount));
            }
            "drawUpSettlement" => self.settle(command, at, codes)?,
            "explainRegion" => {
                let unknown = municipality.is_some_and(|code| !self.members.contains_key(code));
                codes.refuse_if(unknown, "unknown-municipality");
                codes.verdict()?;
            }
            _ => {
                codes.verdict()?;
                self.closed_through = date;
            }
        }
        Ok(())
    }

    fn need_group(&self, codes: &mut Codes, id: &str) -> Result<(), &'static str> {
        codes
            .need(self.groups.iter().find(|group| group.id == id), "unknown-group")
            .map(|_| ())
    }

    fn member_of(&self, codes: &mut Codes, year: u64, code: &str) {
        codes.refuse_if(!self.members.contains_key(code), "unknown-municipality");
        codes.refuse_if(
            !self.members_of(year).iter().any(|member| member == code),
            "not-a-member",
        );
    }

    fn settle(&mut self, command: &Value, at: u64, mut codes: Codes) -> Result<(), &'static str> {
        let (id, date) = (text(&command["settlement"]), text(&command["bookingDate"]));
        let year = command["year"].as_u64().unwrap();
        codes.refuse_if(
            self.settlements.iter().any(|known| known.id == id),
            "duplicate-id",
        );
        let last = self.settlements.iter().rev().find(|known| known.year == year);
        codes.refuse_if(last.is_some_and(|last| date < last.date), "dated-before-entry");
        let statement = self.statement(year, &date);
        let is_missing = |group: &GroupYear| group.rows.values().any(|row| row[3].is_none());
        codes.refuse_if(statement.groups.iter().any(is_missing), "key-missing");
        let nothing = if last.is_some() {
            statement.lines.values().all(|line| line.3 == Some(0))
        } else {
            let no_advances = statement.lines.values().all(|line| line.1 == 0);
            no_advances && statement.groups.iter().all(|group| group.is_empty)
        };
        codes.refuse_if(nothing, "nothing-to-settle");
        codes.verdict()?;
        let mut lines: BTreeMap<String, [i128; 4]> = BTreeMap::new();
        for (code, (row, advances, settled, _)) in &statement.lines {
            let share = row[3].unwrap();
            let due = share - advances - settled;
            let line = lines.entry(self.successor(code, &date)).or_default();
            for (sum, figure) in line.iter_mut().zip([share, *advances, *settled, due]) {
                *sum += figure;
            }
            self.settled.push(Amount {
                at,
                date: date.clone(),
                group: String::new(),
                year,
                municipality: Some(code.clone()),
                client: String::new(),
                entry: id.clone(),
                cents: due,
            });
        }
        self.settlements.push(Settlement {
            at,
            date,
            id,
            year,
            lines,
        });
        Ok(())
    }
}
