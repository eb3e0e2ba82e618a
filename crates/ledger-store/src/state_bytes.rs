//! The bytes of what a keeper puts in a snapshot: bincode of its frozen structs, fixed widths, little endian.

use bincode::Options as _;
use serde::{Deserialize, Serialize};

fn options() -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_fixint_encoding()
        .with_little_endian()
        .reject_trailing_bytes()
}

/// The bytes of a value; none for a value that has none, such as one whose length is not known before its end.
pub fn to_bytes<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    options().serialize(value).ok()
}

/// The value of bytes, all of them; none for other bytes. No more is allocated than the bytes can fill.
pub fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    options().with_limit(bytes.len() as u64).deserialize(bytes).ok()
}
