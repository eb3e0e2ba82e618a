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

/// Latencies in microseconds of `count` writes of `bytes` each, every one synced.
pub(crate) fn appends_us(directory: &Path, plain: Plain, count: u32, bytes: usize) -> io::Result<Vec<f64>> {
    let path = directory.join("plain");
    let mut file = File::create(&path)?;
    if matches!(plain, Plain::Filled) {
        file.write_all(&vec![b'\n'; bytes * count as usize])?;
        file.seek(SeekFrom::Start(0))?;
    }
    file.sync_all()?;
    let line = vec![b'x'; bytes];
    let mut latencies_us = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let started = Instant::now();
        file.write_all(&line)?;
        file.sync_data()?;
        latencies_us.push(started.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    Ok(latencies_us)
}
