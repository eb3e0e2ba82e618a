//! The JSON of the frozen structs: byte for byte what `serde_json` writes, in a fraction of its time. Names of fields
//! are written as they are declared, and a text without anything to escape in one piece; `serde_json` writes the others.

use ledger_domain::Digits;
use serde::{
    Serialize, Serializer,
    ser::{self, Error as _, Impossible},
};
use serde_json::Error;

/// A report as JSON: the bytes that `serde_json` would write.
pub fn to_json(report: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, Error> {
    // What an answer with one event takes, and a small report.
    let mut json = Vec::with_capacity(2_048);
    write_json(report, &mut json)?;
    Ok(json)
}

/// Writes a value as canonical JSON (RFC 8785), as far as leaves, details and commands have it.
pub(crate) fn write_json(value: &(impl Serialize + ?Sized), into: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(Json {
        into,
        takes_bytes: false,
    })
}

/// Gives a value's digits as a text to whoever serializes it, and to this writer as the bytes they are, with nothing to
/// escape: a second look at bytes that were just written one by one takes longer than writing them.
pub(crate) fn unescaped<T, S: Serializer>(
    value: &T,
    put: fn(&T, &mut Digits),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut digits = Digits::default();
    put(value, &mut digits);
    serializer.serialize_newtype_struct(UNESCAPED, &Unescaped(&digits))
}

const UNESCAPED: &str = "unescaped";

struct Unescaped<'a>(&'a Digits);

impl Serialize for Unescaped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.0.as_str())
        } else {
            serializer.serialize_bytes(self.0.as_bytes())
        }
    }
}

/// Writes one value. Types without a place in a leaf, such as floats, are errors.
struct Json<'a> {
    into: &'a mut Vec<u8>,
    /// Of [`UNESCAPED`], the only bytes there are.
    takes_bytes: bool,
}

/// An object or array that is being written.
struct Members<'a> {
    into: &'a mut Vec<u8>,
    /// What comes before the next member: the opening bracket, then commas.
    before: u8,
    close: u8,
}

impl<'a> Json<'a> {
    fn number(self, number: u64) {
        self.into
            .extend_from_slice(Digits::default().number(number, 1).as_bytes());
    }

    fn quoted(self, text: &[u8]) {
        self.into.push(b'"');
        self.into.extend_from_slice(text);
        self.into.push(b'"');
    }

    fn members(self, before: u8, close: u8) -> Members<'a> {
        Members {
            into: self.into,
            before,
            close,
        }
    }
}

impl Members<'_> {
    fn member(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.into.push(self.before);
        self.before = b',';
        write_json(value, self.into)
    }

    fn end(self) {
        if self.before != b',' {
            self.into.push(self.before);
        }
        self.into.push(self.close);
    }
}

/// Whether these bytes of a text stand in JSON as they are. Every byte is looked at, since that takes no branch.
fn is_plain(text: &[u8]) -> bool {
    let escaped = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    !text.iter().fold(false, |found, byte| found | escaped(*byte))
}

macro_rules! numbers {
    ($($name:ident($number:ty))*) => {$(
        fn $name(self, number: $number) -> Result<(), Error> {
            self.number(number.into());
            Ok(())
        }
    )*};
}

macro_rules! no_place {
    ($($name:ident($($type:ty),*))*) => {$(
        fn $name(self, $(_: $type),*) -> Result<(), Error> {
            Err(no_place())
        }
    )*};
}

fn no_place() -> Error {
    Error::custom("a type that leaves have no place for")
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Members<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn is_human_readable(&self) -> bool {
        !self.takes_bytes
    }

    fn serialize_bool(self, yes: bool) -> Result<(), Error> {
        self.into
            .extend_from_slice(if yes { b"true".as_slice() } else { b"false" });
        Ok(())
    }

    numbers! { serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        if !is_plain(text.as_bytes()) {
            return serde_json::to_writer(self.into, text);
        }
        self.quoted(text.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        if !self.takes_bytes {
            return Err(no_place());
        }
        self.quoted(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.into.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(Json {
            takes_bytes: name == UNESCAPED,
            ..self
        })
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'a>, Error> {
        Ok(self.members(b'[', b']'))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Error> {
        Ok(self.members(b'{', b'}'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, Error> {
        Ok(self.members(b'{', b'}'))
    }

    no_place! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_f32(f32) serialize_f64(f64)
        serialize_char(char) serialize_unit() serialize_unit_struct(&'static str)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(no_place())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(no_place())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(no_place())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTuple, Error> {
        Err(no_place())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(no_place())
    }
}

impl ser::SerializeSeq for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.member(value)
    }

    fn end(self) -> Result<(), Error> {
        self.end();
        Ok(())
    }
}

/// Keys are texts and come in the order of the map: byte order, which is that of RFC 8785 as long as they are ASCII.
impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.member(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.into.push(b':');
        write_json(value, self.into)
    }

    fn end(self) -> Result<(), Error> {
        self.end();
        Ok(())
    }
}

impl ser::SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Error;

    /// The names of fields are ASCII letters.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "each name is known where it is written, and so is how many bytes are copied"
    )]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.into.extend_from_slice(&[self.before, b'"']);
        self.before = b',';
        self.into.extend_from_slice(name.as_bytes());
        self.into.extend_from_slice(b"\":");
        write_json(value, self.into)
    }

    fn end(self) -> Result<(), Error> {
        self.end();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger_domain::{Date, Money, Municipality};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        event::{ChargeV1, DecidedByV1, DecisionV1, Details},
        value::{At, Cents, Day, Instant, MunicipalityCode},
    };

    fn assert_as_serde_json(value: &impl Serialize) {
        let mut ours = Vec::new();
        write_json(value, &mut ours).expect("writes");
        assert_eq!(
            String::from_utf8(ours).expect("text"),
            serde_json::to_string(value).expect("writes")
        );
    }

    proptest! {
        #[test]
        fn any_text_stands_as_serde_json_has_it(text: String, other: Option<String>, number: u64, yes: bool) {
            let tags: BTreeMap<&str, &str> = [(text.as_str(), "a"), ("b", text.as_str())].into();
            assert_as_serde_json(&text);
            assert_as_serde_json(&tags);
            assert_as_serde_json(&vec![number, 0, u64::MAX]);
            assert_as_serde_json(&Some(yes));
            assert_as_serde_json(&Details { client: other, supplier: Some(text), ..Details::default() });
        }
    }

    #[test]
    fn what_is_empty_has_its_brackets() {
        assert_as_serde_json(&Vec::<ChargeV1>::new());
        assert_as_serde_json(&BTreeMap::<String, String>::new());
        assert_as_serde_json(&DecisionV1 {
            by: DecidedByV1::JointBody,
            decided_on: ledger_domain::Date::from_epoch_days(0).into(),
            reference: "Raad \"2021\" \\ 4\u{7f}\u{1f}".to_owned(),
        });
    }

    proptest! {
        #[test]
        fn digits_stand_as_serde_json_has_them(cents in -Money::MAX.cents()..=Money::MAX.cents(), days: i16, code in 0..=9999_u16) {
            let amount = Cents(Money::from_cents(cents).expect("fits"));
            let code = MunicipalityCode(Municipality::from_number(code).expect("a code"));
            assert_as_serde_json(&amount);
            assert_as_serde_json(&Day(Date::from_epoch_days(days.into())));
            assert_as_serde_json(&At(Instant(cents / 1_000)));
            assert_as_serde_json(&BTreeMap::from([(code, Some(amount))]));
        }
    }

    #[test]
    fn bytes_have_no_place_but_those_of_digits() {
        struct Bytes;
        impl Serialize for Bytes {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(b"\"")
            }
        }
        assert!(write_json(&Bytes, &mut Vec::new()).is_err());
    }

    #[test]
    fn a_float_has_no_place_in_a_leaf() {
        let mut into = Vec::new();
        let error = write_json(&vec![Some(1.5)], &mut into).expect_err("a float");
        assert_eq!(error.to_string(), "a type that leaves have no place for");
    }
}
