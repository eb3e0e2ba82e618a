//! Every property, held against every committed seed: what a fuzzer once found stays found.

use std::{fs, path::Path};

use ledger_fuzz::TARGETS;

#[test]
fn every_seed_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, holds) in TARGETS {
        let mut seeds = 0;
        for seed in fs::read_dir(corpus.join(target)).expect("every target has seeds") {
            let seed = seed.expect("a seed").path();
            let bytes = fs::read(&seed).expect("a seed");
            let held = std::panic::catch_unwind(|| holds(&bytes)).is_ok();
            assert!(held, "{target} does not hold for {}", seed.display());
            seeds += 1;
        }
        assert!(seeds >= 3, "{target} has {seeds} seeds");
    }
}
