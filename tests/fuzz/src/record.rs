//! Records of sled: any bytes are a record or an error, and what was read is read again from what is written of it.

/// Decodes the bytes, and once more with their length and checksum made right, which hide most damage otherwise.
pub fn holds(bytes: &[u8]) {
    ledger_store::fuzzing::record(bytes);
    let Some((header, body)) = bytes.split_at_checked(16) else {
        return;
    };
    let Ok(length) = u32::try_from(body.len()) else {
        return;
    };
    let mut mended = bytes.to_vec();
    if let Some(to) = mended.get_mut(8..12) {
        to.copy_from_slice(&length.to_le_bytes());
    }
    let mut crc = crc32fast::Hasher::new();
    crc.update(header.get(..8).unwrap_or_default());
    crc.update(&length.to_le_bytes());
    crc.update(body);
    if let Some(to) = mended.get_mut(12..16) {
        to.copy_from_slice(&crc.finalize().to_le_bytes());
    }
    ledger_store::fuzzing::record(&mended);
}
