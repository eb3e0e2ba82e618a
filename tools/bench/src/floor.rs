//! What the disk does without a ledger: append the bytes, fdatasync, again.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::Path,
    time::Instant,
};

/// How the plain file stands before the appends.
#[derive(Clone, Copy)]
pub(crate) enum Plain {
    /// Empty: every append grows it.
    Growing,
    /// Filled in advance: appends overwrite.
    Filled,
}

/// Appends per second of `count` writes of `bytes` each, every one synced.
pub(crate) fn appends_per_second(
    directory: &Path,
    plain: Plain,
    count: u32,
    bytes: usize,
) -> io::Result<f64> {
    let path = directory.join("plain");
    let mut file = File::create(&path)?;
    if matches!(plain, Plain::Filled) {
        file.write_all(&vec![b'\n'; bytes * count as usize])?;
        file.seek(SeekFrom::Start(0))?;
    }
    file.sync_all()?;
    let line = vec![b'x'; bytes];
    let started = Instant::now();
    for _ in 0..count {
        file.write_all(&line)?;
        file.sync_data()?;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
