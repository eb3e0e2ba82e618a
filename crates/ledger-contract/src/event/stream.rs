//! The name of a stream: the boundary within which rules hold and versions count.

use std::fmt;

use ledger_domain::Id;

/// A stream of events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// The ledger's own events.
    Ledger,
    /// One programme.
    Programme(Id),
    /// One region.
    Region(Id),
}

impl Stream {
    /// The stream with this name: `ledger`, `programme/ID` or `region/ID`; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "ledger" {
            return Some(Self::Ledger);
        }
        let (kind, id) = text.split_once('/')?;
        match kind {
            "programme" => Id::new(id).map(Self::Programme),
            "region" => Id::new(id).map(Self::Region),
            _ => None,
        }
    }

    /// The name, in one piece.
    pub fn name(&self) -> String {
        let (kind, id) = self.parts();
        [kind, id].concat()
    }

    /// The two parts of the name: what it is, with its slash, and the id.
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Ledger => ("ledger", ""),
            Self::Programme(id) => ("programme/", id.as_str()),
            Self::Region(id) => ("region/", id.as_str()),
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id) = self.parts();
        f.write_str(kind)?;
        f.write_str(id)
    }
}
