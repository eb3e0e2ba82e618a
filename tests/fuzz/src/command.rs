//! Commands: any bytes are a command or a list of faults, and however a command is spelt it is the same one.

use ledger_contract::command::{fingerprint, read_command};
use serde_json::Value;

/// Reads a command, and if it is one also its other spellings.
pub fn holds(bytes: &[u8]) {
    let command = match read_command(bytes) {
        Ok(command) => command,
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a fault");
            for fault in faults {
                assert!(
                    !fault.detail.is_empty(),
                    "a fault without a sentence at {}",
                    fault.pointer
                );
                let rooted = fault.pointer.is_empty() || fault.pointer.starts_with('/');
                assert!(rooted, "no JSON pointer: {}", fault.pointer);
            }
            return;
        }
    };
    // Another reader of JSON takes it too, and has the same in it.
    let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
        panic!("serde_json reads no object in what was taken as {command:?}");
    };
    let print = fingerprint(bytes);
    let sorted = Value::Object(fields.clone()).to_string();
    assert_eq!(read_command(sorted.as_bytes()), Ok(command.clone()), "{sorted}");
    assert_eq!(fingerprint(sorted.as_bytes()), print, "{sorted}");

    let mut keyed = fields.clone();
    keyed.insert("idempotencyKey".to_owned(), "another".into());
    let keyed = Value::Object(keyed).to_string();
    assert_eq!(
        fingerprint(keyed.as_bytes()),
        print,
        "the key is no part of the body: {keyed}"
    );

    let mut unknown = fields;
    unknown.insert("unknown~field".to_owned(), Value::Null);
    let unknown = Value::Object(unknown).to_string();
    let Err(faults) = read_command(unknown.as_bytes()) else {
        panic!("an unknown field is taken: {unknown}");
    };
    assert!(
        faults.iter().any(|fault| fault.pointer == "/unknown~0field"),
        "{faults:?}"
    );
}
