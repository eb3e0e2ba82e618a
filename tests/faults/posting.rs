//! What is posted here: a programme with a budget, and expenditures on it.

/// What every ledger here begins with.
pub(crate) const PLAN: [&str; 3] = [
    r#"{"type":"establishProgramme","programme":"p","title":"Plan","municipality":"GM0505","startsOn":"2020-01-01","endsOn":"2022-12-31","authorised":"900000.00","decision":{"reference":"R1","by":"council","decidedOn":"2020-01-01"},"bookingDate":"2020-01-01"}"#,
    r#"{"type":"openProject","programme":"p","project":"a","title":"A","theme":"T","bookingDate":"2020-01-01"}"#,
    r#"{"type":"allocateBudget","programme":"p","project":"a","amount":"900000.00","decision":{"reference":"R1","by":"council","decidedOn":"2020-01-01"},"bookingDate":"2020-01-01"}"#,
];

/// One expenditure of some cents.
pub(crate) fn expenditure(id: &str, cents: u64) -> String {
    format!(
        r#"{{"type":"postExpenditure","programme":"p","project":"a","expenditure":"{id}","amount":"{}.{:02}","supplier":"Leverancier {id}","description":"Uren","bookingDate":"2020-02-01"}}"#,
        cents / 100,
        cents % 100
    )
}
