//! What the lists of programmes and regions share: pages of ids and titles.

use std::collections::BTreeMap;

use ledger_contract::value::parse_id;
use ledger_domain::Id;
use ledger_service::Queries;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    app::{Page, Record},
    openapi::Operation,
    report,
};

/// What is listed: one of it, and several.
pub(crate) struct Nouns(pub(crate) &'static str, pub(crate) &'static str);

/// A page of a list, such as `{"regions":[{"region":"zhz","title":"Zuid-Holland Zuid"}],"next":null}`.
struct Listing {
    plural: &'static str,
    /// Their two names come in the order of the alphabet, as in the contract.
    items: Vec<BTreeMap<&'static str, String>>,
    /// What to give as `after` for the page that follows; none on the last.
    next: Option<String>,
}

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serializer.serialize_map(Some(2))?;
        page.serialize_entry(self.plural, &self.items)?;
        page.serialize_entry("next", &self.next)?;
        page.end()
    }
}

/// The list at an address. `find` gives so many ids and titles after an id, in the order of the ids.
pub(crate) fn page<R: Record>(
    path: &'static str,
    operation: Operation,
    Nouns(singular, plural): Nouns,
    find: impl Fn(&Queries<R>, Option<&Id>, usize) -> Vec<(Id, String)> + Clone + Send + Sync + 'static,
) -> Page<R> {
    report::page(
        path,
        operation.fails(&[400, 406, 429, 500, 503]),
        |(), mut parameters| {
            let after = parameters.take("after", parse_id);
            let limit = parameters.take_limit();
            parameters.finish()?;
            Ok((after, limit))
        },
        move |queries, (after, limit)| {
            // One more than the page shows whether another page follows.
            let mut found = find(queries, after.as_ref(), limit + 1);
            let more = found.len() > limit;
            found.truncate(limit);
            let last = found.last().map(|(id, _)| id.to_string());
            let item =
                |(id, title): (Id, String)| BTreeMap::from([(singular, id.to_string()), ("title", title)]);
            Ok(Listing {
                plural,
                items: found.into_iter().map(item).collect(),
                next: last.filter(|_| more),
            })
        },
    )
}
