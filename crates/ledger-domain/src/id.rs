//! The names that streams, projects, funders, entries and municipalities go by.

use std::{borrow::Borrow, fmt};

use smol_str::SmolStr;

use crate::Digits;

/// The source that stands for own money in charges.
pub(crate) const OWN: &str = "programme";

/// The id of a programme, project, funder, region or cost group: `[a-z0-9][a-z0-9-]{0,63}`.
///
/// The source `programme` stands for own money in charges; it is no funder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(SmolStr);

impl Id {
    /// The id, or none when the text is not one.
    #[inline]
    pub fn new(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let shaped = bytes.len() <= 64
            && bytes.first().is_some_and(plain)
            && bytes.iter().all(|byte| plain(byte) || *byte == b'-');
        shaped.then(|| Self(text.into()))
    }

    /// The source that stands for own money in charges.
    pub fn programme() -> Self {
        Self(SmolStr::new_inline(OWN))
    }

    /// Whether this is the source that stands for own money.
    pub fn is_programme(&self) -> bool {
        self.0 == OWN
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Found in maps by its text: equality, order and hash are those of the text.
impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client's own id of an entry: 1 to 64 visible ASCII characters, unique per kind in its programme or region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(SmolStr);

impl EntryId {
    /// The id, or none when the text is not one.
    #[inline]
    pub fn new(text: &str) -> Option<Self> {
        let shaped = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        shaped.then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Found in maps by its text, as an [`Id`] is.
impl Borrow<str> for EntryId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A municipality by its CBS code: `GM` and four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality(u16);

impl Municipality {
    /// The municipality, or none when the text is not a CBS code.
    pub fn new(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("GM").filter(|digits| digits.len() == 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(Self)
    }

    /// The municipality with this number, or none above 9999.
    pub const fn from_number(number: u16) -> Option<Self> {
        if number > 9999 { None } else { Some(Self(number)) }
    }

    /// The four digits as a number; its order is the byte order of the codes.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Municipality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Digits::default().municipality(*self).as_str())
    }
}
