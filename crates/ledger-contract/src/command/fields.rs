//! The fields of one JSON object, asked for by name. What is asked for is all that the object may hold, so reading an
//! object also describes it: the schema is what reading asks.

use serde_json::Value;

use super::{
    Fault,
    form::{Form, is_blank},
    json::{Entry, Node},
};
use crate::value::quoted;

/// More faults than this in one command are counted, not listed.
const FAULTS_MAX: usize = 100;

/// An object that is being read, and the faults found so far.
pub(super) struct Fields<'a> {
    /// What was not asked for yet lies in here.
    entries: &'a [Entry<'a>],
    faults: Vec<Fault>,
    /// What was asked for, when that is wanted instead of values.
    asked: Option<Vec<Asked>>,
}

/// A field that was asked for.
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) schema: Value,
    /// The fields in whose place it may stand.
    pub(super) instead_of: &'static [&'static str],
}

impl<'a> Fields<'a> {
    /// The fields of this object.
    pub(super) fn of(node: &'a Node<'a>) -> Result<Self, Vec<Fault>> {
        match node {
            Node::Object(entries) => Ok(Self {
                entries,
                faults: Vec::new(),
                asked: None,
            }),
            other => Err(fault(format!("An object belongs here, not {}.", other.kind()))),
        }
    }

    /// Reads nothing and notes what is asked.
    pub(super) fn describe() -> Self {
        Self {
            entries: &[],
            faults: Vec::new(),
            asked: Some(Vec::new()),
        }
    }

    /// The value of a field that must be there.
    pub(super) fn required<T>(&mut self, name: &'static str, form: &Form<T>) -> Option<T> {
        self.note(name, true, form);
        if let Some(node) = self.take(name) {
            self.read(name, form, node)
        } else {
            self.fault(&format!("/{name}"), format!("{name} is missing."));
            None
        }
    }

    /// The value of a field that may be absent or null.
    pub(super) fn optional<T>(&mut self, name: &'static str, form: &Form<T>) -> Option<T> {
        self.note(name, false, form);
        match self.take(name)? {
            Node::Null => None,
            node => self.read(name, form, node),
        }
    }

    /// A free text that may be absent; an empty one says as little and counts as absent.
    pub(super) fn optional_text(&mut self, name: &'static str, form: &Form<String>) -> Option<String> {
        self.note(name, false, form);
        match self.take(name)? {
            Node::Null => None,
            Node::Text(text) if is_blank(text) => None,
            node => self.read(name, form, node),
        }
    }

    /// Whether a field is there, other than null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).any(|entry| !matches!(entry.node, Node::Null))
    }

    /// The value of a field that stands in the place of others, which are refused beside it. Where it is absent, they
    /// must be asked for.
    pub(super) fn instead_of<T>(
        &mut self,
        others: &'static [&'static str],
        name: &'static str,
        form: &Form<T>,
    ) -> Option<T> {
        if self.has(name) {
            for other in others {
                if self.has(other) {
                    self.refuse(
                        other,
                        format!("{other} cannot stand beside {name}: give one of them."),
                    );
                } else {
                    self.take(other);
                }
            }
        }
        let value = self.optional(name, form);
        if let Some(asked) = self.asked.as_mut().and_then(|asked| asked.last_mut()) {
            asked.instead_of = others;
        }
        value
    }

    /// Refuses a field that belongs elsewhere, with the reason instead of "unknown".
    pub(super) fn refuse(&mut self, name: &'static str, reason: String) {
        if self.take(name).is_some() {
            self.fault(&format!("/{name}"), reason);
        }
    }

    /// Adds a fault that only shows in two fields together.
    pub(super) fn fault(&mut self, pointer: &str, detail: impl Into<String>) {
        self.faults.push(Fault {
            pointer: pointer.to_owned(),
            detail: detail.into(),
        });
    }

    /// Every fault: those found, and the fields that nobody asked for, by name.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        let mut unknown: Vec<&str> = self
            .entries
            .iter()
            .filter(|entry| !entry.asked.get())
            .map(|entry| &*entry.key)
            .collect();
        unknown.sort_unstable();
        for key in unknown {
            self.fault(
                &format!("/{}", segment(key)),
                format!("{} is no field here.", quoted(key)),
            );
        }
        self.finish_known()
    }

    /// Every fault found, without a word about fields that nobody asked for.
    pub(super) fn finish_known(self) -> Vec<Fault> {
        let mut faults = self.faults;
        if let Some(more) = faults.len().checked_sub(FAULTS_MAX).filter(|more| *more > 0) {
            faults.truncate(FAULTS_MAX);
            faults.extend(fault(format!("{more} more faults are not listed.")));
        }
        faults
    }

    /// What was asked for.
    pub(super) fn asked(self) -> Vec<Asked> {
        self.asked.unwrap_or_default()
    }

    fn note<T>(&mut self, name: &'static str, required: bool, form: &Form<T>) {
        if let Some(asked) = &mut self.asked {
            let schema = (form.schema)();
            asked.push(Asked {
                name,
                required,
                schema,
                instead_of: &[],
            });
        }
    }

    /// What has this name and was not asked for yet.
    fn named(&self, name: &str) -> impl Iterator<Item = &'a Entry<'a>> {
        let named = move |entry: &&Entry<'_>| entry.key == name && !entry.asked.get();
        self.entries.iter().filter(named)
    }

    #[inline]
    fn take(&mut self, name: &'static str) -> Option<&'a Node<'a>> {
        // Nothing is left of most commands when what they may also hold is asked for.
        if self.entries.is_empty() {
            return None;
        }
        self.search(name)
    }

    fn search(&mut self, name: &'static str) -> Option<&'a Node<'a>> {
        let mut named = self.named(name);
        let entry = named.next()?;
        entry.asked.set(true);
        let again = named.map(|entry| entry.asked.set(true)).count();
        // Fields mostly come in the order in which they are asked for: the next search is as much shorter.
        while let Some((first, rest)) = self.entries.split_first()
            && first.asked.get()
        {
            self.entries = rest;
        }
        if again > 0 {
            self.fault(
                &format!("/{name}"),
                format!("{name} stands there more than once."),
            );
        }
        Some(&entry.node)
    }

    fn read<T>(&mut self, name: &str, form: &Form<T>, node: &Node<'_>) -> Option<T> {
        match (form.read)(node) {
            Ok(value) => Some(value),
            Err(faults) => {
                self.faults.extend(within(name, faults));
                None
            }
        }
    }
}

/// One fault of the value itself.
pub(super) fn fault(detail: String) -> Vec<Fault> {
    vec![Fault {
        pointer: String::new(),
        detail,
    }]
}

/// The faults of a value as faults of what holds it under this name or index.
pub(super) fn within(name: &str, mut faults: Vec<Fault>) -> Vec<Fault> {
    for fault in &mut faults {
        fault.pointer = format!("/{}{}", segment(name), fault.pointer);
    }
    faults
}

/// A name as a part of a JSON pointer (RFC 6901).
fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
