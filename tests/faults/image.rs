//! A power cut of a real file system: an image of ext4 is copied while the server stands still, and the copy mounted.

use std::{fs, path::Path, process::Command};

use rand_chacha::rand_core::Rng as _;
use rustix::process::Signal;

use crate::{
    Row, dice,
    ledger::{Acknowledged, Place},
    mount::Mounted,
    share,
    shim::Shim,
};

const NAME: &str = "power cut while posting (copy of an ext4 image)";
const IMAGE_BYTES: u64 = 48 << 20;

fn mount(image: &Path) -> Option<Mounted> {
    Mounted::new(NAME, &["-o", "loop", image.to_str().unwrap()])
}

/// What the device holds at this moment. The kernel may write to it meanwhile: then it is read again.
fn device(image: &Path) -> Vec<u8> {
    let mut bytes = fs::read(image).unwrap();
    loop {
        let again = fs::read(image).unwrap();
        if again == bytes {
            return bytes;
        }
        bytes = again;
    }
}

#[test]
fn a_copied_image_has_everything_that_was_acknowledged() {
    let mut dice = dice("copies of an image");
    let folder = Place::new();
    let image = folder.path("image");
    fs::File::create(&image).unwrap().set_len(IMAGE_BYTES).unwrap();
    let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image).status();
    if !made.is_ok_and(|made| made.success()) {
        println!("| {NAME}: LEFT OUT, since mkfs.ext4 is not to be had | 0 | 0 | 0 |");
        return;
    }
    let Some(mounted) = mount(&image) else { return };
    let (place, acknowledged) = (Place::at(mounted.path()), Acknowledged::default());
    let mut row = Row::default();
    for cut in 0..share(2, 12) {
        let mut server = place.serve(&Shim::new()).unwrap();
        if cut == 0 {
            server.plan(&acknowledged).unwrap();
        }
        let answers = 20 + dice.next_u32() as usize % 80;
        let mut copied = None;
        server.post_until_gone(&format!("cut{cut}"), &acknowledged, |child, heard| {
            heard.iter().take(answers).for_each(drop);
            let stopped = rustix::process::Pid::from_child(child);
            rustix::process::kill_process(stopped, Signal::STOP).unwrap();
            // What was heard by now was durable before the server stood still.
            let known = acknowledged.all();
            copied = Some((device(&image), known));
            child.kill().unwrap();
        });
        drop(server);
        let (bytes, known) = copied.unwrap();
        let copy = folder.path("copy");
        fs::write(&copy, bytes).unwrap();
        let Some(after) = mount(&copy) else { return };
        row.cases += 1;
        row.acknowledged += known.len() as u64;
        row.lost += Place::at(after.path()).lost(&known, &format!("copy after {answers} answers"));
    }
    row.tell(NAME);
}
