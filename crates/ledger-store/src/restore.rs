//! A ledger from a backup: copied beside its place, verified, details destroyed that had to be since, and only then
//! given its place in one step.

use std::{fs, path::Path, sync::Arc};

use ledger_proof::Hash;

use crate::{
    BackupError, Fatal, Options,
    backup::{BACKUP, CHECKPOINT, check_checkpoint, holds_only, marker, size_of},
    destroy::{ORDERS, Orders, carry_out, read_small, write_orders, write_small},
    lock::Lock,
    open::make_durably,
    prefix::{End, Marker, Prefix},
    tape::{Place, Tape, failed},
    verify,
};

/// The folder in which a ledger is made from a backup. While it has a tape, the directory around it is no ledger.
pub(crate) const RESTORE: &str = "restore";
/// What is copied at once, in bytes.
const COPY_BYTES: u64 = 1 << 20;

/// What was restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Events in the ledger.
    pub events: u64,
    /// The root over them.
    pub root: Hash,
    /// The number of events that the checkpoint beside the backup covers.
    pub checkpoint: Option<u64>,
    /// Events whose details were destroyed on the way.
    pub destroyed: u64,
}

/// Makes a ledger from a backup in a directory that is empty or does not exist. `orders` is the text of the newest file
/// of destructions; none says that nothing was destroyed since the backup was made.
pub fn restore(
    folder: &Path,
    ledger: &Path,
    options: &Options,
    orders: Option<&[u8]>,
) -> Result<Restored, BackupError> {
    let disk = &*options.disk;
    let no_backup = || BackupError::NoBackup(folder.display().to_string());
    let end = marker(folder, options)?.and_then(|marker| marker.0);
    let end = end.ok_or_else(no_backup)?;
    let orders = orders.map(Orders::parse).transpose();
    let orders = orders.map_err(BackupError::Orders)?.unwrap_or_default();
    let staging = ledger.join(RESTORE);
    if !is_free(ledger, options)? {
        return Err(BackupError::NotEmpty(ledger.display().to_string()));
    }
    make_durably(ledger, options)?;
    // Nobody backs up meanwhile, and nobody opens.
    let _locks = (Lock::take(disk, folder)?, Lock::take(disk, ledger)?);
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(|error| failed("removing", &staging, &error))?;
    }
    for path in [&staging, &staging.join("tape")] {
        let made = disk.create_dir(path);
        made.map_err(|error| failed("making the folder", path, &error))?;
    }
    disk.sync_dir(ledger)
        .map_err(|error| failed("syncing the folder", ledger, &error))?;

    copy(folder, &staging, options, &end)?;
    write_small(disk, &staging.join(BACKUP), &Marker(Some(end.clone())).write())?;
    let signed = read_small(disk, &folder.join(CHECKPOINT))?;
    let tape = Tape::open(Arc::clone(&options.disk), &staging, false)?;
    let mut prefix = Prefix::wanting(signed.as_deref().map_or(Ok(0), size_of)?);
    prefix.read(&tape, end.place)?;
    if !orders.is_empty() && !orders.same_ledger(&prefix.orders) {
        let how = "they are those of another ledger".to_owned();
        return Err(BackupError::Orders(how));
    }
    let checkpoint = signed.as_deref().map(|signed| check_checkpoint(signed, &prefix));
    let checkpoint = checkpoint.transpose()?;
    prefix.orders.join(&orders);
    let destroyed = carry_out(&tape, &staging, prefix.size(), &prefix.orders)?;
    let verified = verify(&staging, options)?;
    if let Some(finding) = verified.findings.first() {
        return Err(Fatal::Damaged {
            what: format!("the backup in {}", folder.display()),
            how: finding.trim_end_matches('.').to_owned(),
            remedy: "nothing was restored; take another backup".to_owned(),
        }
        .into());
    }

    // Until the tape has its place, the directory is no ledger, and another restore begins again.
    if let Some(signed) = &signed {
        write_small(disk, &ledger.join(CHECKPOINT), signed)?;
    }
    if !prefix.orders.is_empty() {
        write_orders(disk, ledger, &prefix.orders)?;
    }
    let moved = disk.rename(&staging.join("tape"), &ledger.join("tape"));
    moved
        .and_then(|()| disk.sync_dir(ledger))
        .map_err(|error| failed("renaming", &staging, &error))?;
    // What a crash leaves of it is nothing but a name.
    let _ = fs::remove_dir_all(&staging);
    Ok(Restored {
        events: verified.events,
        root: verified.root,
        checkpoint,
        destroyed,
    })
}

/// Whether a restore into a directory was begun and not finished, so that there is no ledger yet.
pub(crate) fn is_unfinished(ledger: &Path) -> bool {
    ledger.join(RESTORE).exists() && !ledger.join("tape").exists()
}

/// Whether nothing is in a directory but what a restore that did not finish left.
fn is_free(ledger: &Path, options: &Options) -> Result<bool, Fatal> {
    let staging = ledger.join(RESTORE);
    if is_unfinished(ledger) {
        let staged = ["tape", BACKUP, "backup.new", ORDERS, "destructions.new", "lock"];
        let beside = [
            RESTORE,
            CHECKPOINT,
            "checkpoint.new",
            ORDERS,
            "destructions.new",
            "lock",
        ];
        return Ok(holds_only(&staging, &staged, options)? && holds_only(ledger, &beside, options)?);
    }
    Ok(!ledger.exists() || holds_only(ledger, &["lock"], options)?)
}

/// Copies the tape of a backup up to its end.
fn copy(folder: &Path, to: &Path, options: &Options, end: &End) -> Result<(), Fatal> {
    let source = Tape::open(Arc::clone(&options.disk), folder, false)?;
    let copy = Tape::open(Arc::clone(&options.disk), to, false)?;
    for segment in source.segments() {
        if segment > end.place.segment {
            break;
        }
        let last = if segment == end.place.segment {
            end.place.offset
        } else {
            source.length(segment)?
        };
        let path = copy.path(segment);
        let file = options.disk.create(&path);
        let file = file.map_err(|error| failed("making", &path, &error))?;
        let mut offset = 0;
        while offset < last {
            let width = usize::try_from((last - offset).min(COPY_BYTES)).unwrap_or(usize::MAX);
            let bytes = source.bytes(Place { segment, offset }, width)?;
            file.write_at(&bytes, offset)
                .map_err(|error| failed("writing", &path, &error))?;
            offset += width as u64;
            options.report(offset, last);
        }
        file.sync_data()
            .map_err(|error| failed("syncing", &path, &error))?;
    }
    copy.sync_names()
}
