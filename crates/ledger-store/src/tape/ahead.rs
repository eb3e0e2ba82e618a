//! A long stretch of the tape, read past the system's cache by a thread that keeps a little ahead of whoever goes through
//! it: what is read once need not push out what is read often, and is not copied.

use std::{
    io, mem,
    ops::Range,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread::{Builder, JoinHandle},
};

use super::lines::LINE_BYTES_MAX;
use crate::disk::{BLOCK_BYTES, File};

/// What is read at once, in bytes, and how many times as much waits at most.
const READ_BYTES: usize = 1 << 19;
const WAITING_MAX: usize = 2;

/// Room before what is read, for the begin of a line that ends in it.
const ROOM_BYTES: usize = (LINE_BYTES_MAX + 1).next_multiple_of(BLOCK_BYTES);

/// Memory with room for two parts: what was left of the bytes before, and the bytes that are read, which begin at a block.
type Memory = Vec<u8>;

/// Bytes of the file: where they lie in memory.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) memory: Memory,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the file ends with them.
    pub(super) is_last: bool,
}

/// A file that is read to its end.
#[derive(Debug)]
pub(super) struct Ahead {
    stretches: Receiver<io::Result<Stretch>>,
    /// Memory that can be used again.
    used: Option<Sender<Memory>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins to read from an offset on, past the cache, or as `cached` has it where the system has no such way for a part;
    /// none when there can be no thread.
    pub(super) fn start(direct: Arc<dyn File>, cached: Arc<dyn File>, offset: u64) -> Option<Self> {
        let (read, stretches) = sync_channel(WAITING_MAX);
        let (used, memories) = channel();
        for _ in 0..WAITING_MAX + 2 {
            used.send(Memory::new()).ok()?;
        }
        let thread = Builder::new().name("reader".to_owned());
        let thread = thread
            .spawn(move || read_all(&*direct, &*cached, offset, &memories, &read))
            .ok()?;
        Some(Self {
            stretches,
            used: Some(used),
            thread: Some(thread),
        })
    }

    /// The bytes that follow, with the last of the ones before them, which were not used, in front. There are none after
    /// the last.
    pub(super) fn next(&mut self, before: &mut Memory, unused: Range<usize>) -> io::Result<Stretch> {
        let gone = || io::Error::other("the thread that reads the tape panicked");
        let mut next = self.stretches.recv().map_err(|_| gone())??;
        let before = mem::take(before);
        let unused = before.get(unused).unwrap_or_default();
        let start = next.start.checked_sub(unused.len());
        let room = start.and_then(|start| next.memory.get_mut(start..next.start));
        let room = room.ok_or_else(|| io::Error::other("a line is longer than any line"))?;
        room.copy_from_slice(unused);
        next.start -= unused.len();
        if let Some(used) = self.used.as_ref().filter(|_| !before.is_empty()) {
            // Nobody takes it any more at the file's end.
            let _ = used.send(before);
        }
        Ok(next)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // It ends when it finds nobody there.
        self.used = None;
        let (_, nobody) = sync_channel(0);
        drop(mem::replace(&mut self.stretches, nobody));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Reads blocks up to the file's end.
fn read_all(
    direct: &dyn File,
    cached: &dyn File,
    offset: u64,
    memories: &Receiver<Memory>,
    read: &SyncSender<io::Result<Stretch>>,
) {
    // The first block may begin before the offset.
    let mut skipped = usize::try_from(offset % BLOCK_BYTES as u64).unwrap_or(0);
    let mut at = offset - skipped as u64;
    for mut memory in memories {
        if memory.is_empty() {
            memory = vec![0; ROOM_BYTES + BLOCK_BYTES + READ_BYTES];
        }
        let aligned = memory.as_ptr().align_offset(BLOCK_BYTES);
        let begin = aligned + ROOM_BYTES;
        let blocks = memory.get_mut(begin..begin + READ_BYTES).unwrap_or_default();
        let length = match direct.read_at(blocks, at) {
            // Larger blocks than ours, or a file system that says so late.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => cached.read_at(blocks, at),
            length => length,
        };
        let stretch = length.map(|length| Stretch {
            memory,
            start: begin + skipped.min(length),
            end: begin + length,
            is_last: length < READ_BYTES,
        });
        let is_last = stretch.as_ref().map_or(true, |stretch| stretch.is_last);
        (skipped, at) = (0, at + READ_BYTES as u64);
        if read.send(stretch).is_err() || is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Mutex};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        faults::FaultyDisk,
        tape::{Place, Tape},
    };

    fn tape(folder: &Path, segments: &[Vec<u8>]) -> Tape {
        let tape = folder.join("tape");
        std::fs::create_dir(&tape).unwrap();
        for (first, bytes) in (0..).zip(segments) {
            std::fs::write(tape.join(format!("{first:020}.tape")), bytes).unwrap();
        }
        Tape::open(Arc::new(FaultyDisk::new(None)), folder, false).unwrap()
    }

    fn all(mut lines: super::super::Lines<'_>) -> Vec<(Place, Vec<u8>, bool)> {
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.place, line.bytes.to_vec(), line.whole));
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        // Alignment is asserted by the disk.
        #[test]
        fn lines_read_ahead_are_the_lines(
            widths in prop::collection::vec(prop::collection::vec(prop_oneof![0..2_000_usize, 0..400_000_usize], 0..12), 1..4),
            begins: prop::sample::Index,
            is_torn: bool,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut segments: Vec<Vec<u8>> = Vec::new();
            for widths in &widths {
                let lines = widths.iter().map(|width| [vec![b'x'; *width], vec![b'\n']].concat());
                segments.push(lines.collect::<Vec<_>>().concat());
            }
            if is_torn && let Some(last) = segments.last_mut() {
                last.pop();
            }
            let tape = tape(folder.path(), &segments);
            let offset = begins.index(segments[0].len() + 1) as u64;
            let from = Place { segment: 0, offset };
            let ahead = super::super::Lines::new(&tape, from, 0);
            prop_assert!(all(ahead) == all(tape.lines(from)));
        }
    }

    /// A file that reads so many parts, of which the last is an error.
    #[derive(Debug)]
    struct Failing(Mutex<u32>);

    impl File for Failing {
        fn read_at(&self, into: &mut [u8], _: u64) -> io::Result<usize> {
            let mut left = self.0.lock().unwrap();
            *left = left.checked_sub(1).ok_or_else(|| io::Error::other("scratched"))?;
            into.fill(b'x');
            Ok(into.len())
        }

        fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
            Err(io::ErrorKind::Unsupported.into())
        }

        fn sync_data(&self) -> io::Result<()> {
            Ok(())
        }

        fn length(&self) -> io::Result<u64> {
            Ok(u64::MAX)
        }
    }

    #[test]
    fn an_error_of_the_disk_is_told_in_its_place_and_nobody_need_wait_for_the_rest() {
        let file = || Arc::new(Failing(Mutex::new(3)));
        let mut ahead = Ahead::start(file(), file(), 5_000).unwrap();
        let mut memory = Memory::new();
        for part in 0..3 {
            let stretch = ahead.next(&mut memory, 0..0).unwrap();
            let skipped = if part == 0 { 5_000 - BLOCK_BYTES } else { 0 };
            assert_eq!(stretch.end - stretch.start, READ_BYTES - skipped);
            memory = stretch.memory;
        }
        let told = ahead.next(&mut memory, 0..0).unwrap_err();
        assert_eq!(told.to_string(), "scratched");
        drop(Ahead::start(file(), file(), 0).unwrap());
    }
}
