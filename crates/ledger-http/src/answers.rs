//! Answers as they are sent, kept while the log stands still: most questions are asked again before anything is
//! recorded.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::Bytes,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, ETAG},
    },
    response::{IntoResponse as _, Response},
};
use ledger_domain::Date;

use crate::{body, negotiate::has};

/// How much is kept; with more, keeping begins again.
const KEPT_BYTES_MAX: usize = 32 << 20;
/// A longer answer is not kept: making it takes less than sending it.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// What keeping an answer takes beside its bytes and its address, about.
const OVERHEAD_BYTES: usize = 256;

/// When an answer holds: the log position that it stands on, and the day that is today for it.
pub(crate) type Moment = (u64, Date);

/// An answer in JSON and its tag.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) etag: HeaderValue,
    pub(crate) json: Bytes,
}

impl Answer {
    /// The answer, or 304 when the client has it.
    pub(crate) fn to(self, headers: &HeaderMap) -> Response {
        let known = self.etag.to_str().is_ok_and(|etag| has(headers, etag));
        let caching = [
            (ETAG, self.etag),
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        if known {
            (StatusCode::NOT_MODIFIED, caching).into_response()
        } else {
            (caching, body::answer(StatusCode::OK, self.json)).into_response()
        }
    }
}

/// The answers of one moment, by address with parameters.
#[derive(Default)]
pub(crate) struct Answers(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    moment: Option<Moment>,
    bytes: usize,
    answers: HashMap<String, Answer>,
}

impl Answers {
    /// What was answered at this address in this moment.
    pub(crate) fn get(&self, moment: Moment, address: &str) -> Option<Answer> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.moment == Some(moment))
            .then(|| kept.answers.get(address).cloned())
            .flatten()
    }

    /// Keeps an answer for its moment. The answers of earlier moments go: nobody asks for those.
    pub(crate) fn put(&self, moment: Moment, address: &str, answer: &Answer) {
        let bytes = answer.json.len() + address.len() + OVERHEAD_BYTES;
        if bytes > ANSWER_BYTES_MAX {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.moment > Some(moment) {
            return;
        }
        if kept.moment < Some(moment) || kept.bytes + bytes > KEPT_BYTES_MAX {
            *kept = Kept {
                moment: Some(moment),
                ..Kept::default()
            };
        }
        if kept.answers.insert(address.to_owned(), answer.clone()).is_none() {
            kept.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize) -> Answer {
        Answer {
            etag: HeaderValue::from_static("\"1\""),
            json: vec![b'0'; bytes].into(),
        }
    }

    #[test]
    fn only_the_latest_moment_is_kept() {
        let day = Date::from_epoch_days;
        let answers = Answers::default();
        answers.put((7, day(1)), "/a", &answer(1));
        assert!(answers.get((7, day(1)), "/a").is_some());
        for (moment, address) in [((7, day(1)), "/b"), ((8, day(1)), "/a"), ((7, day(2)), "/a")] {
            assert!(answers.get(moment, address).is_none(), "{moment:?} {address}");
        }
        answers.put((8, day(1)), "/b", &answer(1));
        // One that was long in the making comes too late.
        answers.put((7, day(2)), "/a", &answer(1));
        assert!(answers.get((7, day(2)), "/a").is_none());
        assert!(answers.get((7, day(1)), "/a").is_none());
        assert!(answers.get((8, day(1)), "/b").is_some());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let moment = (1, Date::from_epoch_days(0));
        let answers = Answers::default();
        answers.put(moment, "/long", &answer(ANSWER_BYTES_MAX));
        assert!(answers.get(moment, "/long").is_none());
        for number in 0..100 {
            answers.put(moment, &format!("/{number}"), &answer(ANSWER_BYTES_MAX / 2));
            let kept = answers.0.lock().expect("nothing panicked");
            let bytes: usize = kept.answers.values().map(|answer| answer.json.len()).sum();
            assert!(
                bytes <= KEPT_BYTES_MAX && bytes <= kept.bytes,
                "{bytes} {}",
                kept.bytes
            );
        }
        assert!(answers.get(moment, "/99").is_some());
    }
}
