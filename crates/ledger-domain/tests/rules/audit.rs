//! Checks after every recorded event, with nothing but the list of events: the balances recomputed naively, and what
//! must hold whatever was decided.

use crate::book::Book;
use ledger_domain::programme::*;
use ledger_domain::*;
use std::collections::BTreeMap;

/// Sums by project, source and year, as a first-year student would make them.
#[derive(Default)]
struct Naive {
    bound: BTreeMap<(Id, Id, Option<Year>), i128>,
    used: BTreeMap<(Id, Id, Year), i128>,
    open: BTreeMap<EntryId, BTreeMap<Id, i128>>,
}

pub(crate) fn audit(book: &Book, event: &Event) {
    charges_sum_to_the_amount(event);
    replay_gives_the_state(book);
    let naive = Naive::of(book);
    let programme = book.programme();
    for project in ["p", "q"].iter().filter_map(|name| Id::new(name)) {
        let Some(state) = programme.project(&project) else {
            continue;
        };
        naive.agrees(&project, &Id::programme(), state.own());
        if book.policy == OverspendPolicy::Refuse {
            covers_what_is_used(state.own());
        }
        for (funder, held) in state.funders() {
            naive.agrees(&project, funder, held.pledges());
            covers_what_is_used(held.pledges());
            assert!(held.received() >= 0, "{funder} was repaid more than it paid");
        }
    }
    let own = naive
        .bound
        .iter()
        .filter(|((_, source, _), _)| source.is_programme());
    let budgets: i128 = own.map(|(_, amount)| amount).sum();
    assert_eq!(programme.budgets(), budgets);
    assert!(
        budgets <= programme.authorised(),
        "{budgets} of {}",
        programme.authorised()
    );
    for (commitment, parts) in &naive.open {
        let open = programme.open_part(commitment);
        assert!(open.iter().all(|charge| charge.amount.is_positive()), "{open:?}");
        let state: BTreeMap<Id, i128> = open
            .iter()
            .map(|charge| (charge.source.clone(), charge.amount.cents().into()))
            .collect();
        assert_eq!(*parts, state, "open part of {commitment}");
    }
    for (kind, id) in event
        .entry_keys()
        .filter(|(kind, _)| *kind == EntryKind::Expenditure)
    {
        assert!(book.entries.is_taken(kind, id));
        entry_is_sound(&book.entries.expenditure(id).expect("just changed"));
    }
}

/// Charges of entries are positive; each source stands once, in order; they sum to the amount.
fn charges_sum_to_the_amount(event: &Event) {
    let (amount, charges, signed) = match event {
        Event::CommitmentEntered(e) => (e.amount, &e.charges, false),
        Event::CommitmentRaised(e) | Event::CommitmentReleased(e) => (e.amount, &e.charges, false),
        Event::ExpenditurePosted(e) => (e.amount, &e.charges, false),
        Event::ExpenditureCorrected(e) => (e.amount, &e.charges, true),
        Event::ExpenditureReversed(e) => (e.amount, &e.charges, true),
        _ => return,
    };
    assert_eq!(sum(charges), i128::from(amount.cents()), "{event:?}");
    assert!(
        charges
            .iter()
            .all(|charge| !charge.amount.is_zero() && (signed || charge.amount.is_positive()))
    );
    assert!(
        charges.is_sorted_by(|one, next| one.source < next.source),
        "{event:?}"
    );
}

fn replay_gives_the_state(book: &Book) {
    let replayed = book
        .events
        .iter()
        .fold(None, |state, (_, event)| evolve(state, event));
    assert_eq!(replayed, book.state);
    let mut entries = EntryMap::default();
    book.events
        .iter()
        .for_each(|(day, event)| entries.apply(*day, event));
    assert_eq!(entries, book.entries);
}

/// No year uses more than its own money and the multi-year money together.
fn covers_what_is_used(balance: &YearBound) {
    assert!(balance.left_unbound() >= 0, "{balance:?}");
    assert!(balance.left_total() >= 0, "{balance:?}");
}

/// A source pays no less than nothing, and no more is drawn of the commitment than the entry costs.
fn entry_is_sound(entry: &Expenditure) {
    assert!(
        entry.charges.iter().all(|charge| charge.amount.is_positive()),
        "{entry:?}"
    );
    assert!(
        entry
            .drawn_down
            .as_ref()
            .is_none_or(|drawn| !drawn.charges.is_empty()),
        "{entry:?}"
    );
    let drawn = entry.drawn_down.as_ref().map_or(0, |drawn| sum(&drawn.charges));
    assert!(drawn <= sum(&entry.charges), "{entry:?}");
}

fn sum(charges: &[Charge]) -> i128 {
    charges
        .iter()
        .map(|charge| i128::from(charge.amount.cents()))
        .sum()
}

impl Naive {
    fn of(book: &Book) -> Self {
        let mut naive = Self::default();
        for (_, event) in &book.events {
            naive.add(event);
        }
        for parts in naive.open.values_mut() {
            parts.retain(|_, amount| *amount != 0);
        }
        naive
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::BudgetAllocated(e) => self.bind(&e.project, &Id::programme(), e.year, e.amount),
            Event::BudgetTransferred(e) => {
                self.bind(&e.from_project, &Id::programme(), e.year, e.amount.negated());
                self.bind(&e.to_project, &Id::programme(), e.year, e.amount);
            }
            Event::BudgetCarriedOver(e) => {
                let source = e.funder.clone().unwrap_or(Id::programme());
                self.bind(&e.project, &source, Some(e.from_year), e.amount.negated());
                self.bind(&e.project, &source, Some(e.to_year), e.amount);
            }
            Event::CofinancingPledged(e) => self.bind(&e.project, &e.funder, e.year, e.amount),
            Event::ProjectClosed(e) => {
                for part in &e.released {
                    self.bind(&e.project, &Id::programme(), part.year, part.amount.negated());
                }
            }
            Event::CommitmentEntered(e) => self.reserve(&e.project, &e.commitment, e.year, &e.charges, 1),
            Event::CommitmentRaised(e) => self.reserve(&e.project, &e.commitment, e.year, &e.charges, 1),
            Event::CommitmentReleased(e) => self.reserve(&e.project, &e.commitment, e.year, &e.charges, -1),
            Event::ExpenditurePosted(e) => {
                self.spend(&e.project, e.year, &e.charges, 1);
                if let Some(drawn) = &e.drawn_down {
                    self.reserve(&e.project, &drawn.commitment, drawn.year, &drawn.charges, -1);
                }
            }
            Event::ExpenditureCorrected(e) => {
                self.spend(&e.project, e.year, &e.charges, 1);
                if let Some(back) = &e.given_back {
                    self.reserve(&e.project, &back.commitment, back.year, &back.charges, 1);
                }
            }
            Event::ExpenditureReversed(e) => {
                self.spend(&e.project, e.year, &e.charges, 1);
                if let Some(back) = &e.given_back {
                    self.reserve(&e.project, &back.commitment, back.year, &back.charges, 1);
                }
            }
            _ => {}
        }
    }

    fn bind(&mut self, project: &Id, source: &Id, year: Option<Year>, amount: Money) {
        *self
            .bound
            .entry((project.clone(), source.clone(), year))
            .or_default() += i128::from(amount.cents());
    }

    fn spend(&mut self, project: &Id, year: Year, charges: &[Charge], sign: i128) {
        for charge in charges {
            let used = self
                .used
                .entry((project.clone(), charge.source.clone(), year))
                .or_default();
            *used += sign * i128::from(charge.amount.cents());
        }
    }

    fn reserve(&mut self, project: &Id, commitment: &EntryId, year: Year, charges: &[Charge], sign: i128) {
        self.spend(project, year, charges, sign);
        let open = self.open.entry(commitment.clone()).or_default();
        for charge in charges {
            *open.entry(charge.source.clone()).or_default() += sign * i128::from(charge.amount.cents());
        }
    }

    /// The kept balance and the one from the events, and the formulas on them, are the same.
    fn agrees(&self, project: &Id, source: &Id, kept: &YearBound) {
        let bound = |year| {
            *self
                .bound
                .get(&(project.clone(), source.clone(), year))
                .unwrap_or(&0)
        };
        let used = |year| {
            *self
                .used
                .get(&(project.clone(), source.clone(), year))
                .unwrap_or(&0)
        };
        let years = 1990..2030;
        let excess: i128 = years
            .clone()
            .map(|year| (used(year) - bound(Some(year))).max(0))
            .sum();
        let left_unbound = bound(None) - excess;
        assert_eq!(kept.bound(None), bound(None));
        assert_eq!(kept.left_unbound(), left_unbound);
        for year in years.clone() {
            assert_eq!(kept.bound(Some(year)), bound(Some(year)));
            assert_eq!(kept.used(year), used(year));
            let left_of_year = bound(Some(year)) - used(year);
            assert_eq!(kept.left_of_year(year), left_of_year);
            assert_eq!(kept.left_for(year), left_of_year.max(0) + left_unbound);
        }
        let bound_total: i128 = years.clone().map(|year| bound(Some(year))).sum::<i128>() + bound(None);
        let used_total: i128 = years.map(used).sum();
        assert_eq!(kept.bound_total(), bound_total);
        assert_eq!(kept.used_total(), used_total);
        assert_eq!(kept.left_total(), bound_total - used_total);
    }
}
