//! Power cuts around real posting by the real server: what was not synced is gone, of sled's files too.

use rand_chacha::rand_core::Rng as _;

use crate::{
    Row, dice,
    journal::{Kept, Replay, files},
    ledger::{Acknowledged, Place},
    share,
    shim::Shim,
};

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let mut dice = dice("power cuts");
    let place = Place::new();
    let journal = place.path("journal");
    let acknowledged = Acknowledged::noted_in(&journal);
    let shim = Shim::new().journal(&journal);
    let mut replay = Replay::of(&place.data());
    for life in 0..share(2, 4) {
        let mut server = place.serve(&shim).unwrap();
        if life == 0 {
            server.plan(&acknowledged).unwrap();
        }
        // The key and the checkpoint are files of their own.
        server.get("/v1/log/checkpoint").unwrap();
        let postings = 30 + dice.next_u32() as usize % 60;
        server.post_until_gone(&format!("life{life}"), &acknowledged, |child, heard| {
            heard.iter().take(postings).for_each(drop);
            child.kill().unwrap();
        });
    }
    // The last life ends in order: what the journal tells must be what is there, or the shim missed something.
    let ended = place.serve(&shim).unwrap().stop();
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    replay.load(&journal);
    let mut cuts: Vec<usize> = (0..share(24, 400))
        .map(|_| dice.next_u32() as usize % replay.operations())
        .collect();
    cuts.sort_unstable();
    let (mut row, all) = (Row::default(), acknowledged.all());
    for cut in cuts {
        replay.go_on_to(cut);
        let kept = [Kept::Nothing, Kept::Some, Kept::Some][dice.next_u32() as usize % 3];
        let after = Place::new();
        replay.cut(&after.data(), kept, &mut dice);
        row.cases += 1;
        row.acknowledged += replay.acknowledged() as u64;
        let what = format!("power cut before operation {cut}, kept: {kept:?}");
        row.lost += after.lost(&all[..replay.acknowledged()], &what);
    }
    replay.go_on_to(replay.operations());
    assert_eq!(replay.acknowledged(), all.len());
    let whole = Place::new();
    replay.cut(&whole.data(), Kept::All, &mut dice);
    assert!(
        files(&whole.data()) == files(&place.data()),
        "the journal tells everything that was done"
    );
    row.tell("power cut while posting (shim)");
}
