//! A bundle's document, taken apart and put together again.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The document without its digest, for who alters it.
pub(crate) fn document(bundle: &[u8]) -> Value {
    let mut document: Value = serde_json::from_slice(bundle).expect("JSON");
    let fields = document.as_object_mut().expect("an object");
    fields.remove("digest").expect("a digest");
    document
}

/// The document with a digest that fits.
pub(crate) fn written(document: &Value) -> String {
    let text = serde_json::to_string(document).expect("JSON");
    let body = text.strip_suffix('}').expect("an object");
    let digest = Sha256::digest(body)
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("{body},\"digest\":\"{digest}\"}}\n")
}

/// The same document with something done to it.
pub(crate) fn altered(document: &Value, alter: impl FnOnce(&mut Value)) -> Value {
    let mut altered = document.clone();
    alter(&mut altered);
    altered
}

pub(crate) fn events(document: &mut Value) -> &mut Vec<Value> {
    document["events"].as_array_mut().expect("events")
}
