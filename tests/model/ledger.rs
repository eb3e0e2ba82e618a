//! The naive ledger: programmes and regions by id, versions of streams, keys that were used.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    programme::{Programme, text},
    region::Region,
};

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) programmes: BTreeMap<String, Programme>,
    /// With the position of their first event.
    pub(crate) regions: BTreeMap<String, (u64, Region)>,
    /// How many events each stream has.
    versions: BTreeMap<String, u64>,
    /// What was first posted with a key.
    keys: BTreeMap<String, Value>,
}

/// What a command comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Refused(&'static str),
    /// Posted before with the same key.
    Repeated,
    Taken,
}

fn stream(command: &Value) -> String {
    match command["programme"].as_str() {
        Some(programme) => format!("programme/{programme}"),
        None => format!("region/{}", text(&command["region"])),
    }
}

impl Model {
    /// What a command comes to, its first event being at position `at` if it is taken.
    pub(crate) fn post(&mut self, command: &Value, at: u64) -> Outcome {
        let key = command["idempotencyKey"].as_str();
        let mut body = command.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("idempotencyKey");
        }
        if let Some(known) = key.and_then(|key| self.keys.get(key)) {
            return if *known == body {
                Outcome::Repeated
            } else {
                Outcome::Refused("idempotency-key-reused")
            };
        }
        let version = self.versions.get(&stream(command)).copied().unwrap_or_default();
        if command["expectedVersion"]
            .as_u64()
            .is_some_and(|expected| expected != version)
        {
            return Outcome::Refused("version-conflict");
        }
        if let Err(code) = self.take(command, at) {
            return Outcome::Refused(code);
        }
        if let Some(key) = key {
            self.keys.insert(key.to_owned(), body);
        }
        Outcome::Taken
    }

    fn take(&mut self, command: &Value, at: u64) -> Result<(), &'static str> {
        let kind = command["type"].as_str().unwrap();
        if command["programme"].is_string() {
            let id = text(&command["programme"]);
            match self.programmes.get_mut(&id) {
                Some(programme) => return programme.take(command, at),
                None if kind == "establishProgramme" => {
                    self.programmes.insert(id, Programme::establish(command, at));
                }
                None => return Err("unknown-programme"),
            }
        } else {
            let id = text(&command["region"]);
            match self.regions.get_mut(&id) {
                Some((_, region)) => return region.take(command, at),
                None if kind == "establishRegion" => {
                    self.regions.insert(id, (at, Region::default()));
                }
                None => return Err("unknown-region"),
            }
        }
        Ok(())
    }

    /// A taken command appended so many events.
    pub(crate) fn appended(&mut self, command: &Value, events: u64) {
        *self.versions.entry(stream(command)).or_default() += events;
    }

    /// How many events a command appends: a settlement has one for each payer too.
    pub(crate) fn events_of(&self, command: &Value) -> u64 {
        if command["type"] != "drawUpSettlement" {
            return 1;
        }
        let (_, region) = &self.regions[command["region"].as_str().unwrap()];
        1 + region.settlements.last().unwrap().lines.len() as u64
    }

    /// The current version of a command's stream.
    pub(crate) fn version(&self, command: &Value) -> u64 {
        self.versions.get(&stream(command)).copied().unwrap_or_default()
    }
}
