//! Query parameters, read strictly: each at most once, none unknown, and every fault at once.

use axum::{extract::Query, http::Uri};
use ledger_contract::{command::Fault, value::quoted};

use crate::problem::Failure;

/// How many items a page has when no limit is asked.
const PAGE_DEFAULT: u64 = 100;
/// The most items on a page.
const PAGE_MAX: u64 = 1_000;

/// The parameters of one request that nobody took yet, and the faults so far.
pub(crate) struct Parameters {
    given: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Parameters {
    pub(crate) fn of(uri: &Uri) -> Self {
        let mut faults = Vec::new();
        let given = given(uri);
        if given.is_none() {
            faults.push(fault(String::new(), "The query cannot be read.".to_owned()));
        }
        Self {
            given: given.unwrap_or_default(),
            faults,
        }
    }

    /// Takes a parameter; none when it is absent or faulty. [`Parameters::finish`] tells these apart.
    pub(crate) fn take<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (mine, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.given)
            .into_iter()
            .partition(|(given, _)| given == name);
        self.given = rest;
        let read = match mine.as_slice() {
            [] => return None,
            [(_, value)] => read(value),
            several => Err(format!("It is given {} times; once is enough.", several.len())),
        };
        read.map_err(|sentence| self.faults.push(fault(pointer(name), sentence)))
            .ok()
    }

    /// Takes a parameter that must be there; none when it is not, or is faulty.
    pub(crate) fn take_required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let absent = !self.given.iter().any(|(given, _)| given == name);
        if absent {
            self.faults
                .push(fault(pointer(name), "It is needed here.".to_owned()));
        }
        self.take(name, read)
    }

    /// Takes a text that must be there.
    pub(crate) fn take_text(&mut self, name: &str) -> String {
        self.take_required(name, |text| Ok(text.to_owned()))
            .unwrap_or_default()
    }

    /// Takes the number of items on a page.
    pub(crate) fn take_limit(&mut self) -> usize {
        let limit = self.take("limit", |text| number(text, 1, PAGE_MAX));
        usize::try_from(limit.unwrap_or(PAGE_DEFAULT)).unwrap_or_default()
    }

    /// Ends the reading: what is left over is unknown here.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        for (name, _) in self.given {
            let sentence = format!("There is no parameter {} here.", quoted(&name));
            self.faults.push(fault(pointer(&name), sentence));
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults.into())
        }
    }
}

/// The parameters as they are written, names and values; none when they cannot be read.
pub(crate) fn given(uri: &Uri) -> Option<Vec<(String, String)>> {
    Query::try_from_uri(uri).map(|Query(given)| given).ok()
}

/// A whole number in plain digits within bounds. Zeros in front would give one number many spellings.
pub(crate) fn number(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && text.len() > 1 && text.starts_with('0') {
        return Err(format!(
            "{} has zeros in front, which do not belong there",
            quoted(text)
        ));
    }
    plain
        .then(|| text.parse().ok())
        .flatten()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("{} is not a whole number from {least} to {most}", quoted(text)))
}

/// The parsers of values give sentences without their full stop.
fn fault(pointer: String, mut detail: String) -> Fault {
    if !detail.ends_with('.') {
        detail.push('.');
    }
    Fault { pointer, detail }
}

/// The parameters as one object, whose member is pointed at (RFC 6901).
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
