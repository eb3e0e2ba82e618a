//! What must hold for the bytes of a record, for whoever makes up bytes (`tests/fuzz`).

use ledger_contract::event::{read_leaf, write_leaf};

use crate::record;

/// Reads bytes as a record and as a block.
///
/// # Panics
/// When what was read is not read again after it was written, or the leaf it gives is not read as its event.
#[expect(clippy::expect_used, reason = "what must hold")]
pub fn record(bytes: &[u8]) {
    if let Ok(Some(first)) = record::first(bytes) {
        assert!(bytes.starts_with(first), "the first record of a block begins it");
    }
    let Ok(read) = record::decode(bytes) else {
        return;
    };
    let mut written = Vec::new();
    record::encode(&read.event, read.place, read.widths, &mut written).expect("what was decoded is encoded");
    assert_eq!(
        record::decode(&written).as_ref(),
        Ok(&read),
        "what is encoded is decoded"
    );
    let mut leaf = Vec::new();
    write_leaf(&read.event, &mut leaf).expect("what was decoded has a leaf");
    let again = read_leaf(&leaf).expect("the leaf of a record is read");
    assert_eq!(again, read.event, "{}", String::from_utf8_lossy(&leaf));
}
