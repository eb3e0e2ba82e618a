//! Commands in CSV: the header names the fields, each further line is one command and becomes the JSON of it.
//!
//! `decision.reference` stands for a field of an object. Charges and tags are `source=amount` pairs separated by
//! semicolons. An empty cell is an absent field. The contract's texts hold no line ends, so a record is one line.

use ledger_contract::command::Fault;
use serde_json::{Map, Number, Value};

/// Fields that are JSON integers; the parser of commands refuses what is no number.
const INTEGERS: [&str; 4] = ["year", "fromYear", "toYear", "expectedVersion"];
/// Fields that are true or false.
const TRUTHS: [&str; 1] = ["followUpFunding"];

/// The header of a file.
#[derive(Debug)]
pub(super) struct Header {
    names: Vec<String>,
    delimiter: u8,
}

impl Header {
    /// Reads the first line. Spreadsheets in a Dutch setting write semicolons between cells; names have neither.
    pub(super) fn read(line: &[u8]) -> Result<Self, Vec<Fault>> {
        let delimiter = if line.contains(&b';') { b';' } else { b',' };
        let names = cells(line, delimiter)?;
        for (index, name) in names.iter().enumerate() {
            let earlier = names.get(..index).unwrap_or_default();
            if name.is_empty() || earlier.contains(name) {
                return Err(fault(name, "every column has a name of its own"));
            }
        }
        Ok(Self { names, delimiter })
    }

    /// The JSON of the command on a line.
    pub(super) fn command(&self, line: &[u8]) -> Result<Vec<u8>, Vec<Fault>> {
        let cells = cells(line, self.delimiter)?;
        if cells.len() != self.names.len() {
            let (cells, names) = (cells.len(), self.names.len());
            return Err(fault(
                "",
                format!("the line has {cells} cells and the header {names}"),
            ));
        }
        let mut command = Map::new();
        for (name, cell) in self.names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let (object, field) = match name.split_once('.') {
                None => (Some(&mut command), name.as_str()),
                Some((object, field)) => {
                    let inner = command.entry(object).or_insert_with(|| Value::Object(Map::new()));
                    (inner.as_object_mut(), field)
                }
            };
            let object = object.ok_or_else(|| fault(name, "a column names the whole of this object"))?;
            object.insert(field.to_owned(), value(name, &cell)?);
        }
        Ok(Value::Object(command).to_string().into_bytes())
    }
}

fn value(name: &str, cell: &str) -> Result<Value, Vec<Fault>> {
    let text = || Value::String(cell.to_owned());
    Ok(match name {
        _ if INTEGERS.contains(&name) => cell
            .parse::<u64>()
            .map_or_else(|_| text(), |n| Number::from(n).into()),
        _ if TRUTHS.contains(&name) => cell.parse::<bool>().map_or_else(|_| text(), Value::Bool),
        "charges" => {
            let charge = |(source, amount): (&str, &str)| {
                Map::from_iter([
                    ("source".to_owned(), source.to_owned().into()),
                    ("amount".to_owned(), amount.to_owned().into()),
                ])
            };
            pairs(name, cell)?
                .into_iter()
                .map(charge)
                .map(Value::Object)
                .collect()
        }
        "tags" => {
            let mut tags = Map::new();
            for (tag, value) in pairs(name, cell)? {
                if tags.insert(tag.to_owned(), value.to_owned().into()).is_some() {
                    return Err(fault(name, format!("the tag {tag} is there twice")));
                }
            }
            Value::Object(tags)
        }
        _ => text(),
    })
}

/// `name=value;name=value`
fn pairs<'a>(column: &str, cell: &'a str) -> Result<Vec<(&'a str, &'a str)>, Vec<Fault>> {
    cell.split(';')
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| fault(column, "write name=value, with semicolons between several"))?;
            Ok((name.trim(), value.trim()))
        })
        .collect()
}

fn cells(line: &[u8], delimiter: u8) -> Result<Vec<String>, Vec<Fault>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(line);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(str::to_owned).collect()),
        Err(_) => Err(fault("", "the line is not CSV in UTF-8")),
    }
}

fn fault(column: &str, detail: impl Into<String>) -> Vec<Fault> {
    let pointer = if column.is_empty() {
        String::new()
    } else {
        format!("/{}", column.replace('.', "/"))
    };
    vec![Fault {
        pointer,
        detail: detail.into(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_the_command_it_says() {
        let header = Header::read(b"type,programme,amount,year,charges,tags,decision.reference,decision.by")
            .expect("read");
        let json = header
            .command(b"postExpenditure,p,10.00,2021,programme=4.00;rijk=6.00,wijk=Oost,\"Besluit 1, lid 2\",council")
            .expect("a command");
        let expected = serde_json::json!({
            "type": "postExpenditure", "programme": "p", "amount": "10.00", "year": 2021,
            "charges": [{"source": "programme", "amount": "4.00"}, {"source": "rijk", "amount": "6.00"}],
            "tags": {"wijk": "Oost"},
            "decision": {"reference": "Besluit 1, lid 2", "by": "council"},
        });
        assert_eq!(serde_json::from_slice::<Value>(&json).expect("JSON"), expected);
    }

    #[test]
    fn a_dutch_spreadsheet_has_semicolons_and_empty_cells_are_absent() {
        let header = Header::read(b"type;programme;theme").expect("read");
        let json = header.command(b"openProject;p;").expect("a command");
        assert_eq!(json, br#"{"programme":"p","type":"openProject"}"#);
    }

    #[test]
    fn what_does_not_fit_the_header_is_a_fault() {
        assert!(Header::read(b"type,type").is_err());
        let header = Header::read(b"type,charges,decision,decision.by").expect("read");
        assert!(header.command(b"a").is_err());
        assert!(header.command(b"a,rijk,,").is_err());
        assert!(header.command(b"a,,x,council").is_err());
        assert!(header.command(b"\xff,,,").is_err());
    }
}
