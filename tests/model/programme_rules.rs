//! What a programme takes, and with which code it refuses the rest.

use serde_json::Value;

use crate::{
    codes::Codes,
    money::cents,
    programme::{Forecast, OWN, Posting, Programme, Project, Trial, text, year_of},
};

impl Programme {
    /// Takes a command whose first event would be at position `at`, or tells the code that it is refused with.
    pub(crate) fn take(&mut self, command: &Value, at: u64) -> Result<(), &'static str> {
        let kind = command["type"].as_str().unwrap();
        let date = text(if kind == "closePeriod" {
            &command["through"]
        } else {
            &command["bookingDate"]
        });
        let mut codes = Codes::default();
        if kind == "establishProgramme" {
            codes.refuse("duplicate-id");
        }
        if !matches!(kind, "receiveCofinancing" | "explainFigure") {
            codes.refuse_if(self.closed, "programme-closed");
        }
        if !matches!(kind, "recordForecast" | "explainFigure") {
            codes.refuse_if(date <= self.closed_through, "period-closed");
        }
        let is_entry = matches!(
            kind,
            "enterCommitment"
                | "raiseCommitment"
                | "releaseCommitment"
                | "postExpenditure"
                | "correctExpenditure"
                | "reverseExpenditure"
                | "receiveCofinancing"
        );
        codes.refuse_if(is_entry && date < self.starts_on, "before-start");
        let project = text(&command["project"]);
        let mut trial = Trial {
            at,
            date: date.clone(),
            project: project.clone(),
            postings: Vec::new(),
        };
        let year = command["year"].as_u64();
        let amount = if command["amount"].is_string() {
            cents(&command["amount"])
        } else {
            0
        };
        match kind {
            "amendAuthorisation" => {
                let authorised: i128 = self.authorised.iter().map(|(.., amount)| amount).sum();
                codes.refuse_if(self.budgets() > authorised + amount, "authorisation-exceeded");
                codes.verdict()?;
                self.authorised.push((at, date, amount));
            }
            "openProject" => {
                codes.refuse_if(self.projects.iter().any(|p| p.id == project), "duplicate-id");
                codes.verdict()?;
                let ends_on = command["endsOn"].as_str().map(str::to_owned);
                self.projects.push(Project {
                    id: project,
                    at,
                    date,
                    ends_on,
                    closed: false,
                });
            }
            "reopenProject" => {
                let found = self.projects.iter().position(|p| p.id == project);
                let found = codes.need(found, "unknown-project")?;
                codes.refuse_if(!self.projects[found].closed, "project-open");
                codes.verdict()?;
                self.projects[found].closed = false;
            }
            "allocateBudget" => {
                self.open_project(&mut codes, &project)?;
                if amount > 0 {
                    let authorised: i128 = self.authorised.iter().map(|(.., amount)| amount).sum();
                    codes.refuse_if(self.budgets() + amount > authorised, "authorisation-exceeded");
                } else {
                    self.take_away(&mut codes, &project, year, -amount);
                }
                trial.post(OWN, "allocated", year, amount, "");
            }
            "transferBudget" => {
                let (from, to) = (text(&command["fromProject"]), text(&command["toProject"]));
                self.open_project(&mut codes, &from)?;
                self.open_project(&mut codes, &to)?;
                self.take_away(&mut codes, &from, year, amount);
                trial.project = from;
                trial.post(OWN, "transferredOut", year, amount, "");
                trial.project = to;
                trial.post(OWN, "transferredIn", year, amount, "");
            }
            "carryOverBudget" => {
                self.open_project(&mut codes, &project)?;
                let (from, to) = (command["fromYear"].as_u64(), command["toYear"].as_u64());
                match command["funder"].as_str() {
                    None => {
                        self.take_away(&mut codes, &project, from, amount);
                        trial.post(OWN, "carriedOut", from, amount, "");
                        trial.post(OWN, "carriedIn", to, amount, "");
                    }
                    Some(funder) if self.is_funder(&project, funder) => {
                        let left = self.balance(&project, funder, &[]).movable(from);
                        codes.refuse_if(amount > left, "pledge-exceeded");
                        let mut carried = self.clone();
                        carried.carry_share(&project, funder, from.unwrap(), to.unwrap());
                        codes.refuse_if(carried.shares_exceed_one(&project), "shares-exceed-one");
                        codes.verdict()?;
                        self.shares = carried.shares;
                        trial.post(funder, "pledged", from, -amount, "");
                        trial.post(funder, "pledged", to, amount, "");
                    }
                    Some(_) => codes.refuse("unknown-funder"),
                }
            }
            "expectCofinancing" | "pledgeCofinancing" => {
                self.open_project(&mut codes, &project)?;
                let funder = text(&command["funder"]);
                let column = if kind == "expectCofinancing" {
                    let same = |p: &Posting| p.project == project && p.source == funder && p.year == year;
                    let expected = self.sum(|p| p.column == "expected" && same(p));
                    codes.refuse_if(expected + amount < 0, "below-zero");
                    "expected"
                } else {
                    let left = self.balance(&project, &funder, &[]).movable(year);
                    codes.refuse_if(-amount > left, "pledge-exceeded");
                    "pledged"
                };
                if !command["share"].is_null() {
                    let mut given = self.clone();
                    given.give_share(command);
                    codes.refuse_if(given.shares_exceed_one(&project), "shares-exceed-one");
                }
                codes.verdict()?;
                self.give_share(command);
                trial.post(&funder, column, year, amount, "");
            }
            "receiveCofinancing" => {
                let known = self.projects.iter().find(|p| p.id == project);
                codes.need(known, "unknown-project")?;
                let receipt = ("receipt", text(&command["receipt"]));
                codes.refuse_if(self.others.contains(&receipt), "duplicate-entry");
                let funder = text(&command["funder"]);
                codes.refuse_if(!self.is_funder(&project, &funder), "unknown-funder");
                let mine = |p: &Posting| p.project == project && p.source == funder;
                let received = self.sum(|p| p.column == "received" && mine(p));
                codes.refuse_if(received + amount < 0, "below-zero");
                codes.verdict()?;
                self.others.push(receipt);
                trial.post(&funder, "received", Some(year_of(&date)), amount, "");
            }
            "closeProject" => {
                self.open_project(&mut codes, &project)?;
                let open = self.sum(|p| p.project == project && p.column == "committed");
                codes.refuse_if(open > 0, "open-commitments");
                codes.verdict()?;
                for (year, amount) in self.released(&project) {
                    trial.post(OWN, "released", year, amount, "");
                }
                for closed in self.projects.iter_mut().filter(|p| p.id == project) {
                    closed.closed = true;
                }
            }
            "closePeriod" => {
                codes.verdict()?;
                self.closed_through = date;
            }
            "closeProgramme" => {
                codes.refuse_if(self.projects.iter().any(|p| !p.closed), "open-projects");
                codes.verdict()?;
                self.closed = true;
            }
            "recordForecast" => {
                if !project.is_empty() {
                    self.open_project(&mut codes, &project)?;
                }
                codes.verdict()?;
                let project = Some(project).filter(|project| !project.is_empty());
                let through = text(&command["forecastFor"]);
                self.forecasts.push(Forecast {
                    at,
                    date,
                    project,
                    through,
                    amount,
                });
            }
            "explainFigure" => {
                if !project.is_empty() {
                    let known = self.projects.iter().find(|p| p.id == project);
                    codes.need(known, "unknown-project")?;
                }
            }
            "establishProgramme" => {}
            _ => return self.entry(command, codes, trial),
        }
        codes.verdict()?;
        self.postings.extend(trial.postings);
        Ok(())
    }

    fn released(&self, project: &str) -> Vec<(Option<u64>, i128)> {
        let own = self.balance(project, OWN, &[]);
        if own.left_total() <= 0 {
            return Vec::new();
        }
        let mut deficit = (-own.left_unbound()).max(0);
        let mut released = Vec::new();
        for year in [None].into_iter().chain(own.years().into_iter().map(Some)) {
            let left = own.movable(year);
            let paid = left.min(deficit);
            deficit -= paid;
            if left > paid {
                released.push((year, left - paid));
            }
        }
        released
    }
}
