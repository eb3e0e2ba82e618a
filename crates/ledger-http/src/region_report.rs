//! What the reports of regions share: the region in their path, and the two dates.

use axum::{extract::FromRequestParts, http::request::Parts};
use ledger_contract::{report::KnownAt, value::parse_date};
use ledger_domain::{Code, Id};
use ledger_service::RegionQuery;

use crate::{problem::Failure, query::Parameters, report::id_in_path};

/// The region in the path. A text that is no id names no region.
pub(crate) struct RegionInPath(pub(crate) Id);

impl<S: Send + Sync> FromRequestParts<S> for RegionInPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in_path(parts, state, "region", Code::UnknownRegion)
            .await
            .map(Self)
    }
}

/// The parameters that every report of a region takes.
pub(crate) fn dates(parameters: &mut Parameters) -> RegionQuery {
    RegionQuery {
        as_of: parameters.take("asOf", parse_date),
        known_at: parameters.take("knownAt", KnownAt::parse),
    }
}
