//! What each test here is made of: a share, dice from a seed, and a row of the table.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng as _};

/// How much of something is tried: a short share in every run of the tests, more with `FAULTS_LONG`.
pub(crate) fn share(short: u64, long: u64) -> u64 {
    if std::env::var_os("FAULTS_LONG").is_some() {
        long
    } else {
        short
    }
}

/// The dice of one row.
pub(crate) fn dice(row: &str) -> ChaCha8Rng {
    let seed = std::env::var("FAULTS_SEED").map_or(20_261_122, |seed| seed.parse().unwrap());
    println!("{row}: seed {seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// What a row of the table in crates/ledger-store/README.md says.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) cases: u64,
    /// Events that clients were told of, counted once for every case that must have them.
    pub(crate) acknowledged: u64,
    /// Of these, how many were not there, or were others.
    pub(crate) lost: u64,
}

impl Row {
    /// Prints the row; `tools/faults.sh` gathers them.
    pub(crate) fn tell(&self, faults: &str) {
        let Self {
            cases,
            acknowledged,
            lost,
        } = self;
        println!("| {faults} | {cases} | {acknowledged} | {lost} |");
        assert_eq!(*lost, 0);
    }
}
