//! One group on its way to the disk and another decided behind it: what each of those who wait is told, and when.
//!
//! The disk waits for the test. Requests are in the queue before it goes on, and the queue keeps their order, so that
//! every case goes the same way each time.
//!
//! A program of its own: it opens ledgers itself, and a process that another test starts at that moment would share the
//! lock.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod held;
mod ledger;

use ledger_contract::report::KnownAt;
use ledger_domain::Code;
use ledger_service::{LedgerError, Outcome, Rejection};

use ledger::{Asked, Held, spent};

fn is_fatal(answer: &Result<Outcome, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Rejected(Rejection::Fatal(_))))
}

fn refused(answer: Result<Outcome, LedgerError>) -> Code {
    match answer {
        Err(LedgerError::Rejected(Rejection::Refused(refusal))) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nobody_is_told_before_the_disk_has_it_and_in_order() {
    let held = Held::new();
    let [mut two, three] = held.two_on_their_way();
    let mut next = held.spend("next", "4.00", None);
    two.waits();
    // The group before is visible, the two groups after it are not.
    assert_eq!(held.spent(None), ("1.00".to_owned(), 5));
    held.disk.let_go(true);
    let positions = [two, three].map(|posted| posted.answer().unwrap().log_position());
    assert_eq!(positions, [6, 306]);
    assert_eq!(held.spent(None), ("6.00".to_owned(), 306));
    // The open group went to the disk as soon as that was free.
    held.disk.is_reached();
    next.waits();
    held.disk.let_go(true);
    assert_eq!(next.answer().unwrap().log_position(), 307);
    assert_eq!(held.spent_when_opened_again(), "10.00");
}

#[test]
fn a_failed_sync_fails_its_group_and_the_one_behind_it() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let (next, refusal) = (
        held.spend("next", "4.00", None),
        held.spend("more", "99.00", None),
    );
    held.disk.let_go(false);
    for posted in [two, three, next, refusal] {
        assert!(is_fatal(&posted.answer()));
    }
    assert!(is_fatal(&held.spend_now("later", "1.00")));
    // Questions go on, and know of nothing that failed.
    assert_eq!(held.spent(None), ("1.00".to_owned(), 5));
    // What was written may be there, whole; what was staged on it is not.
    let spent = held.spent_when_opened_again();
    assert!(["1.00", "6.00"].contains(&spent.as_str()), "{spent}");
}

#[test]
fn a_failed_write_does_not_fail_the_group_before_it() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let next = held.spend("next", "4.00", None);
    held.disk.refuse_writes();
    held.disk.let_go(true);
    assert_eq!(two.answer().unwrap().log_position(), 6);
    assert_eq!(three.answer().unwrap().log_position(), 306);
    assert!(is_fatal(&next.answer()));
    assert_eq!(held.spent(None), ("6.00".to_owned(), 306));
    assert_eq!(held.spent_when_opened_again(), "6.00");
}

#[test]
fn a_refusal_waits_for_what_it_stands_on() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    // 4.00 are left when those two are counted, and none when the one in its own group is.
    let mut on_syncing = held.spend("more", "4.01", None);
    let (next, on_staged) = (held.spend("next", "4.00", None), held.spend("cent", "0.01", None));
    on_syncing.waits();
    held.disk.let_go(true);
    assert!(two.answer().is_ok() && three.answer().is_ok());
    held.disk.is_reached();
    on_syncing.waits();
    held.disk.let_go(true);
    assert_eq!(refused(on_syncing.answer()), Code::BudgetExceeded);
    assert!(next.answer().is_ok());
    assert_eq!(refused(on_staged.answer()), Code::BudgetExceeded);
    assert_eq!(held.spent_when_opened_again(), "10.00");
}

#[test]
fn a_group_of_refusals_only_is_told_with_the_group_before_it() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let refusals = [held.spend("two", "1.00", None), held.spend("more", "4.01", None)];
    held.disk.let_go(true);
    assert!(two.answer().is_ok() && three.answer().is_ok());
    let codes = refusals.map(|posted| refused(posted.answer()));
    assert_eq!(codes, [Code::DuplicateEntry, Code::BudgetExceeded]);
    assert_eq!(held.spent_when_opened_again(), "6.00");
}

#[test]
fn a_repeated_key_has_the_first_outcome_wherever_that_is() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let of_syncing = held.spend("two", "2.00", Some("key"));
    let (staged, of_staged) = (
        held.spend("next", "4.00", Some("other key")),
        held.spend("next", "4.00", Some("other key")),
    );
    let reused = held.spend("two", "2.01", Some("key"));
    held.disk.let_go(true);
    let (two, _) = (two.answer().unwrap(), three.answer().unwrap());
    held.disk.let_go(true);
    let (again, staged, staged_again) = (
        of_syncing.answer().unwrap(),
        staged.answer().unwrap(),
        of_staged.answer().unwrap(),
    );
    assert_eq!((&again.events, again.repeated), (&two.events, true));
    assert_eq!(
        (&staged_again.events, staged_again.repeated),
        (&staged.events, true)
    );
    assert_eq!(refused(reused.answer()), Code::IdempotencyKeyReused);
    assert_eq!(held.spent_when_opened_again(), "10.00");
}

#[test]
fn a_repeated_key_fails_with_the_first_outcome() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let again = held.spend("two", "2.00", Some("key"));
    held.disk.let_go(false);
    for posted in [two, three, again] {
        assert!(is_fatal(&posted.answer()));
    }
}

#[test]
fn what_was_known_at_an_instant_waits_for_the_commits_that_it_holds_and_for_no_others() {
    let held = Held::new();
    let at = |text: &str| Some(KnownAt::parse(text).unwrap());
    let [two, three] = held.two_on_their_way();
    held.clock.set("2022-01-01T14:00:00Z");
    let next = held.spend("next", "4.00", None);
    // Before both groups: answered while they are on their way.
    assert_eq!(held.spent(at("2022-01-01T12:30:00Z")).0, "0.00");
    // In the middle of both: the answer holds the first, and is there while the second is on its way.
    let ledger = held.ledger.clone();
    let between = std::thread::spawn(move || spent(&ledger, at("2022-01-01T13:30:00Z")));
    held.disk.let_go(true);
    assert_eq!(between.join().unwrap().0, "6.00");
    held.disk.is_reached();
    held.clock.set("2022-01-01T15:00:00Z");
    let ledger = held.ledger.clone();
    let after = std::thread::spawn(move || spent(&ledger, at("2022-01-01T14:30:00Z")));
    assert!(two.answer().is_ok() && three.answer().is_ok());
    held.disk.let_go(true);
    assert_eq!(after.join().unwrap().0, "10.00");
    assert!(next.answer().is_ok());
    // What was answered stays so.
    assert_eq!(held.spent(at("2022-01-01T13:30:00Z")).0, "6.00");
    assert_eq!(held.spent_when_opened_again(), "10.00");
}

#[test]
fn a_checkpoint_comes_after_all_that_was_asked_before_it() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let next = held.spend("next", "4.00", None);
    let ledger = held.ledger.clone();
    let mut checkpoint = Asked::new(async move { ledger.make_checkpoint().await });
    held.disk.let_go(true);
    assert!(two.answer().is_ok() && three.answer().is_ok());
    held.disk.is_reached();
    checkpoint.waits();
    held.disk.let_go(true);
    assert_eq!(next.answer().unwrap().log_position(), 307);
    // Its own commit; a first one introduces the key too.
    held.disk.let_go(true);
    assert_eq!(checkpoint.answer().unwrap().checkpoint.size, 309);
    assert_eq!(held.spent(None), ("10.00".to_owned(), 309));
    assert_eq!(held.spent_when_opened_again(), "10.00");
}

#[test]
fn a_ledger_that_is_let_go_brings_home_what_is_on_its_way() {
    let held = Held::new();
    let [two, three] = held.two_on_their_way();
    let next = held.spend("next", "4.00", None);
    drop([two, three, next]);
    assert_eq!(held.spent_when_opened_again(), "10.00");
}
