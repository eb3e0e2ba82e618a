//! The one rule of destroying details: only of a period that is closed, to which nothing is posted any more.

use crate::{Code, Date, Refusal};

/// Refuses to destroy the details of a stream through a date that its books are not closed through. What could still be
/// corrected or explained there would be so without the texts; a client of care would be counted twice.
pub fn check_destruction(closed_through: Option<Date>, through: Date) -> Result<(), Refusal> {
    let sentence = match closed_through {
        Some(closed) if closed >= through => return Ok(()),
        Some(closed) => format!("The books are closed through {closed}, which is before {through}."),
        None => format!("The books are not closed through {through}: no period was closed yet."),
    };
    Err(Refusal::new(Code::PeriodOpen, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_period_s_details_are_destroyed() {
        let day = Date::from_epoch_days;
        assert_eq!(check_destruction(Some(day(7)), day(7)), Ok(()));
        assert_eq!(check_destruction(Some(day(8)), day(7)), Ok(()));
        let earlier = check_destruction(Some(day(6)), day(7)).map_err(|refusal| refusal.code);
        assert_eq!(earlier, Err(Code::PeriodOpen));
        let never = check_destruction(None, day(7)).map_err(|refusal| refusal.code);
        assert_eq!(never, Err(Code::PeriodOpen));
    }
}
