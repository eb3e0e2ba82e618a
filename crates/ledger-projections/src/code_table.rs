//! The official task-field codes (taakvelden) and the years in which each is valid.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ledger_domain::Year;

const OFFICIAL: &str = include_str!("../../../config/taakvelden.csv");

/// Codes and the years in which each is valid, from `config/taakvelden.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeTable {
    /// First and last year per row; a code that changed its meaning has several rows.
    years: HashMap<String, Vec<(Year, Year)>>,
}

impl CodeTable {
    /// The table that this program was built with.
    pub fn official() -> &'static Self {
        static TABLE: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::parse(OFFICIAL));
        &TABLE
    }

    /// Reads rows of `code,omschrijving,jaar_van,jaar_tot`. Comments, the header and rows without two years are no rows.
    pub fn parse(csv: &str) -> Self {
        let mut years: HashMap<String, Vec<(Year, Year)>> = HashMap::new();
        for line in csv.lines().filter(|line| !line.starts_with('#')) {
            let fields = fields(line);
            let [code, _, first, last] = fields.as_slice() else {
                continue;
            };
            if let (Ok(first), Ok(last)) = (first.parse(), last.parse()) {
                years.entry(code.clone()).or_default().push((first, last));
            }
        }
        Self { years }
    }

    /// Whether the code is known and valid in this year.
    pub fn is_valid(&self, code: &str, year: Year) -> bool {
        let rows = self.years.get(code).map(Vec::as_slice).unwrap_or_default();
        rows.iter().any(|(first, last)| (*first..=*last).contains(&year))
    }

    /// Whether the table says anything about this year: it is silent before its first and after its last.
    pub fn judges(&self, year: Year) -> bool {
        let all = || self.years.values().flatten();
        let first = all().map(|(first, _)| *first).min();
        let last = all().map(|(_, last)| *last).max();
        first.is_some_and(|first| first <= year) && last.is_some_and(|last| year <= last)
    }

    /// Every code, in no particular order.
    pub fn codes(&self) -> HashSet<&str> {
        self.years.keys().map(String::as_str).collect()
    }
}

/// The fields of one line of CSV (RFC 4180): quoted ones may hold commas and doubled quotes.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                push(&mut fields, '"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            character => push(&mut fields, character),
        }
    }
    fields
}

fn push(fields: &mut [String], character: char) {
    if let Some(field) = fields.last_mut() {
        field.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_official_table_is_read() {
        let rows = OFFICIAL.lines().filter(|line| !line.starts_with('#')).count() - 1;
        let table = CodeTable::official();
        assert_eq!(table.years.values().map(Vec::len).sum::<usize>(), rows);
        assert!(table.is_valid("8.", 2021), "a row with commas in quotes");
    }

    #[test]
    fn a_code_is_valid_in_its_years_only() {
        let table = CodeTable::official();
        for (code, year, valid) in [
            ("6.71a", 2022, false),
            ("6.71a", 2023, true),
            ("6.71a", 2024, true),
            ("6.71a", 2025, false),
            ("6.2", 2022, true),
            ("6.2", 2024, true),
            ("6.2", 2025, false),
            ("6.22", 2025, true),
            ("6.99", 2024, false),
        ] {
            assert_eq!(table.is_valid(code, year), valid, "{code} in {year}");
        }
        assert!(!table.judges(2019) && table.judges(2020) && table.judges(2026) && !table.judges(2027));
    }

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(fields(r#"a,"b, ""c""",,d"#), ["a", r#"b, "c""#, "", "d"]);
    }
}
