//! Blocks on their way to sled that wait until their leaves are split: then each is written once; see `room.rs`.

use std::collections::VecDeque;

use sled::IVec;

use crate::{
    blocks::{BLOCK_BYTES_MAX, Blocks, key},
    clerk::{Work, act, ask},
    room::{KEYS_BEHIND, KEYS_MIN},
    shared::Shared,
};

/// What sled is given, in its order. Blocks of facts are no larger than others and a quarter as many, and whoever reads
/// all of them waits for each piece that a leaf is written in: so they go in as they come, and sled writes their leaves
/// again and again.
pub(crate) struct Tray {
    /// How many works are waited for.
    together: usize,
    works: VecDeque<Work>,
    /// So many of them, from the first on, have their keys in sled.
    with_room: usize,
}

impl Tray {
    pub(crate) fn of(together: usize) -> Self {
        Self {
            together,
            works: VecDeque::new(),
            with_room: 0,
        }
    }

    /// Takes the next work. When there is enough, all is filed but the last; what cannot wait is done after all before it.
    /// Tells the memory of what was filed.
    pub(crate) fn take(&mut self, shared: &Shared, work: Work) -> Vec<Vec<u8>> {
        if !work.can_wait() {
            let filed = self.file_all(shared);
            act(shared, work);
            return filed;
        }
        self.works.push_back(work);
        if self.works.len() < self.together {
            return Vec::new();
        }
        self.make_room(shared, 0);
        let mut behind = 0;
        let is_last = |work: &&Work| {
            let is_last = behind < KEYS_BEHIND;
            behind += keys(work).count();
            is_last
        };
        let last = self.works.iter().rev().take_while(is_last).count();
        if last == self.works.len() {
            // Hardly a block among them: they are not waited for any longer.
            return self.file_all(shared);
        }
        self.with_room = last;
        self.file(shared, self.works.len() - last)
    }

    /// Files all there is.
    pub(crate) fn file_all(&mut self, shared: &Shared) -> Vec<Vec<u8>> {
        self.make_room(shared, KEYS_MIN);
        self.with_room = 0;
        self.file(shared, self.works.len())
    }

    /// A crash before all are filed leaves keys with an empty value, which are as good as none.
    fn make_room(&self, shared: &Shared, keys_min: usize) {
        let without = self.works.range(self.with_room..);
        let keys: Vec<IVec> = without.flat_map(keys).collect();
        if keys.len() >= keys_min {
            ask(shared, &|blocks| Blocks::make_room(&blocks.events, &keys));
        }
    }

    fn file(&mut self, shared: &Shared, works: usize) -> Vec<Vec<u8>> {
        shared.reopen_when_due();
        let filed = self.works.drain(..works).filter_map(|work| act(shared, work));
        filed.collect()
    }
}

/// The keys of a block of records; none of any other work.
fn keys(work: &Work) -> impl Iterator<Item = IVec> + use<> {
    let (first, parts) = match work {
        Work::Block((first, records)) => (*first, records.len().div_ceil(BLOCK_BYTES_MAX)),
        _ => (0, 0),
    };
    (0..).take(parts).map(move |part| key(first, part))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ledger_contract::value::Instant;

    use super::*;
    use crate::{Options, TapeLog, room::written_by_sled};

    const BLOCKS: usize = 2_000;

    /// How many bytes sled wrote in all of blocks that it was given: so many works were waited for at a time.
    fn written(together: usize, file: impl Fn(&Shared, &mut Tray, Work)) -> u64 {
        let directory = tempfile::tempdir().unwrap();
        let options = Options::new("test.example/ledger");
        let (log, _) = TapeLog::open(directory.path(), &options, Instant(0)).unwrap();
        let mut tray = Tray::of(together);
        for first in (1_000..).step_by(70).take(BLOCKS) {
            let block = (first, Arc::new(vec![7; BLOCK_BYTES_MAX]));
            file(&log.shared, &mut tray, Work::Block(block));
        }
        tray.file_all(&log.shared);
        let filed = log.shared.blocks().unwrap().events.iter().values();
        let bytes: Vec<usize> = filed.map(|block| block.unwrap().len()).collect();
        assert_eq!(bytes, [BLOCK_BYTES_MAX; BLOCKS]);
        drop(log);
        written_by_sled(&directory.path().join("sled"))
    }

    #[test]
    fn what_has_hardly_a_block_does_not_wait() {
        let directory = tempfile::tempdir().unwrap();
        let options = Options::new("test.example/ledger");
        let (log, _) = TapeLog::open(directory.path(), &options, Instant(0)).unwrap();
        let mut tray = Tray::of(8);
        let facts = |first| Work::Facts((first, Arc::new(vec![1, 0, 0])));
        let filed = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(|first| tray.take(&log.shared, facts(first)).len());
        assert_eq!(filed, [0, 0, 0, 0, 0, 0, 0, 8, 0]);
    }

    #[test]
    fn a_block_is_written_once() {
        let given = (BLOCKS * BLOCK_BYTES_MAX) as u64;
        let waited_for = written(128, |shared, tray, work| drop(tray.take(shared, work)));
        let one_by_one = written(128, |shared, tray, work| {
            tray.works.push_back(work);
            tray.file_all(shared);
        });
        assert!(waited_for < given * 9 / 8, "{waited_for} bytes for {given}");
        assert!(
            one_by_one > 3 * given,
            "{one_by_one} bytes for {given}: sled does it by itself"
        );
    }
}
