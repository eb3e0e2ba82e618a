//! Answers as they are sent, kept while the log stands still: most questions are asked again before anything is
//! recorded.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
    },
    response::Response,
};
use ledger_domain::Date;

use crate::{
    negotiate::{JSON, has},
    observe,
};

/// How much is kept; with more, keeping begins again.
const KEPT_BYTES_MAX: usize = 32 << 20;
/// A longer answer is not kept: making it takes less than sending it.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// What keeping an answer takes beside its bytes and its address, about.
const OVERHEAD_BYTES: usize = 1_024;

/// When an answer holds: the log position that it stands on, and the day that is today for it.
pub(crate) type Moment = (u64, Date);

/// An answer in JSON and its tag.
pub(crate) struct Answer {
    etag: HeaderValue,
    /// All its headers.
    headers: HeaderMap,
    json: Bytes,
}

impl Answer {
    pub(crate) fn new(etag: HeaderValue, json: Vec<u8>) -> Self {
        let own = [
            (ETAG, etag.clone()),
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (CONTENT_TYPE, HeaderValue::from_static(JSON)),
            (CONTENT_LENGTH, json.len().into()),
        ];
        let mut headers = HeaderMap::from_iter(own);
        observe::add_headers(&mut headers);
        Self {
            etag,
            headers,
            json: json.into(),
        }
    }

    /// The answer, or 304 when the client has it.
    pub(crate) fn to(&self, asked: &HeaderMap) -> Response {
        let known = self.etag.to_str().is_ok_and(|etag| has(asked, etag));
        let mut response = if known {
            Response::default()
        } else {
            Response::new(Body::from(self.json.clone()))
        };
        *response.headers_mut() = self.headers.clone();
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            for of_body in [CONTENT_TYPE, CONTENT_LENGTH] {
                response.headers_mut().remove(of_body);
            }
        }
        response
    }
}

/// The answers of one moment, by address with parameters.
pub(crate) struct Answers {
    now: Box<dyn Fn() -> Moment + Send + Sync>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    moment: Option<Moment>,
    bytes: usize,
    answers: HashMap<String, Arc<Answer>>,
}

impl Answers {
    /// None yet. `now` tells which moment it is.
    pub(crate) fn new(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self {
            now: Box::new(now),
            kept: Mutex::default(),
        }
    }

    /// The moment it is.
    pub(crate) fn moment(&self) -> Moment {
        (self.now)()
    }

    /// What was answered at this address in this moment.
    pub(crate) fn get(&self, address: &str) -> Option<Arc<Answer>> {
        let moment = self.moment();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.moment == Some(moment))
            .then(|| kept.answers.get(address).cloned())
            .flatten()
    }

    /// Keeps an answer for its moment. The answers of earlier moments go: nobody asks for those.
    pub(crate) fn put(&self, moment: Moment, address: &str, answer: &Arc<Answer>) {
        let bytes = answer.json.len() + address.len() + OVERHEAD_BYTES;
        if bytes > ANSWER_BYTES_MAX {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.moment > Some(moment) {
            return;
        }
        if kept.moment < Some(moment) || kept.bytes + bytes > KEPT_BYTES_MAX {
            *kept = Kept {
                moment: Some(moment),
                ..Kept::default()
            };
        }
        if kept
            .answers
            .insert(address.to_owned(), Arc::clone(answer))
            .is_none()
        {
            kept.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize) -> Arc<Answer> {
        Arc::new(Answer::new(HeaderValue::from_static("\"1\""), vec![b'0'; bytes]))
    }

    #[test]
    fn only_the_latest_moment_is_kept() {
        let day = Date::from_epoch_days;
        let now = Arc::new(Mutex::new((7, day(1))));
        let told = Arc::clone(&now);
        let answers = Answers::new(move || *told.lock().expect("nothing panicked"));
        let kept = |moment, address| {
            *now.lock().expect("nothing panicked") = moment;
            answers.get(address).is_some()
        };
        answers.put((7, day(1)), "/a", &answer(1));
        assert!(kept((7, day(1)), "/a"));
        for (moment, address) in [((7, day(1)), "/b"), ((8, day(1)), "/a"), ((7, day(2)), "/a")] {
            assert!(!kept(moment, address), "{moment:?} {address}");
        }
        answers.put((8, day(1)), "/b", &answer(1));
        // One that was long in the making comes too late.
        answers.put((7, day(2)), "/a", &answer(1));
        assert!(!kept((7, day(2)), "/a"));
        assert!(!kept((7, day(1)), "/a"));
        assert!(kept((8, day(1)), "/b"));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let moment = (1, Date::from_epoch_days(0));
        let answers = Answers::new(move || moment);
        answers.put(moment, "/long", &answer(ANSWER_BYTES_MAX));
        assert!(answers.get("/long").is_none());
        for number in 0..100 {
            answers.put(moment, &format!("/{number}"), &answer(ANSWER_BYTES_MAX / 2));
            let kept = answers.kept.lock().expect("nothing panicked");
            let bytes: usize = kept.answers.values().map(|answer| answer.json.len()).sum();
            assert!(
                bytes <= KEPT_BYTES_MAX && bytes <= kept.bytes,
                "{bytes} {}",
                kept.bytes
            );
        }
        assert!(answers.get("/99").is_some());
    }
}
