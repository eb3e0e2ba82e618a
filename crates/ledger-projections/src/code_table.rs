//! The official task-field codes (taakvelden) and the years in which each is valid.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::RandomState;
use ledger_domain::Year;

const OFFICIAL: &str = include_str!("../../../config/taakvelden.csv");

/// Codes and the years in which each is valid, from `config/taakvelden.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeTable {
    /// First and last year per row; a code that changed its meaning has several rows.
    years: HashMap<String, Vec<(Year, Year)>, RandomState>,
    /// The table says nothing of earlier and later years; none when it has no rows.
    judged: Option<(Year, Year)>,
}

impl CodeTable {
    /// The table that this program was built with.
    pub fn official() -> &'static Self {
        static TABLE: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::parse(OFFICIAL));
        &TABLE
    }

    /// Reads rows of `code,omschrijving,jaar_van,jaar_tot`. Comments, the header and lines without two years are no rows.
    pub fn parse(csv: &str) -> Self {
        let mut table = Self::default();
        for line in csv.lines().filter(|line| !line.starts_with('#')) {
            let fields = fields(line);
            let [code, _, first, last] = fields.as_slice() else {
                continue;
            };
            if let (Ok(first), Ok(last)) = (first.parse(), last.parse()) {
                table.years.entry(code.clone()).or_default().push((first, last));
                let (from, to) = table.judged.unwrap_or((first, last));
                table.judged = Some((from.min(first), to.max(last)));
            }
        }
        table
    }

    /// Whether the code may be used in this year. Codes that the table does not have are not valid in any year that it
    /// judges.
    pub fn accepts(&self, code: &str, year: Year) -> bool {
        let is_judged = self.judged.is_some_and(|judged| spans(judged, year));
        !is_judged || self.is_valid(code, year)
    }

    fn is_valid(&self, code: &str, year: Year) -> bool {
        let rows = self.years.get(code).map(Vec::as_slice).unwrap_or_default();
        rows.iter().any(|row| spans(*row, year))
    }
}

fn spans((first, last): (Year, Year), year: Year) -> bool {
    (first..=last).contains(&year)
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
        assert!(table.accepts("8.", 2021), "a row with commas in quotes");
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
            assert_eq!(table.accepts(code, year), valid, "{code} in {year}");
        }
        assert!(table.accepts("9.9", 2019) && !table.accepts("9.9", 2020));
        assert!(!table.accepts("9.9", 2026) && table.accepts("9.9", 2027));
    }

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(fields(r#"a,"b, ""c""",,d"#), ["a", r#"b, "c""#, "", "d"]);
    }
}
