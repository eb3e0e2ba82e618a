//! The README's table of commands is what reading asks.

use std::fmt::Write as _;

use crate::command::{TYPE, ask, kinds, schema};

const README: &str = include_str!("../../../README.md");

/// Fields of every command, told once above the table.
const COMMON: [&str; 4] = ["type", "bookingDate", "idempotencyKey", "expectedVersion"];

#[test]
fn the_table_of_commands_is_what_is_read() {
    let mut table = String::from("| `type` | fields | meaning |\n|---|---|---|\n");
    for kind in kinds() {
        let asked = schema::asked(|fields| {
            fields.required("type", &TYPE);
            ask(fields, kind)
        });
        let replaced: Vec<&str> = asked.iter().flat_map(|field| field.instead_of).copied().collect();
        let fields: Vec<String> = asked
            .iter()
            .filter(|field| !COMMON.contains(&field.name))
            .map(|field| {
                let signed = if field.schema.to_string().contains("^-?") {
                    " (signed)"
                } else {
                    ""
                };
                let needed = field.required && !replaced.contains(&field.name);
                format!("{}{}{signed}", field.name, if needed { "" } else { "?" })
            })
            .collect();
        writeln!(
            table,
            "| `{}` | {} | {} |",
            kind.name,
            fields.join(", "),
            kind.summary
        )
        .expect("a String takes all");
    }
    assert!(README.contains(&table), "the README needs this table:\n{table}");
}
