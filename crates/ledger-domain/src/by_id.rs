//! States found by id.

use std::collections::BTreeMap;

use crate::Id;

/// One state for each id. The one that was changed last is found at once: facts of one stream, and of one cost group,
/// are told together.
#[derive(Clone, Debug)]
pub struct ById<T> {
    places: BTreeMap<Id, usize>,
    /// In the order in which they were made.
    states: Vec<(Id, T)>,
    last: usize,
}

impl<T> ById<T> {
    /// The state with this id.
    pub fn get(&self, id: &str) -> Option<&T> {
        let (_, state) = self.states.get(*self.places.get(id)?)?;
        Some(state)
    }

    /// The state with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        if self
            .states
            .get(self.last)
            .is_none_or(|(last, _)| last.as_str() != id)
        {
            self.last = *self.places.get(id)?;
        }
        self.states.get_mut(self.last).map(|(_, state)| state)
    }

    /// The state with this id, which is made when there is none.
    pub fn entry(&mut self, id: &Id) -> Option<&mut T>
    where
        T: Default,
    {
        if !self.places.contains_key(id) {
            self.put(id, T::default());
        }
        self.get_mut(id.as_str())
    }

    /// Puts a state in the place of the one with this id.
    pub fn put(&mut self, id: &Id, state: T) {
        let place = *self.places.entry(id.clone()).or_insert(self.states.len());
        match self.states.get_mut(place) {
            Some((_, known)) => *known = state,
            None => self.states.push((id.clone(), state)),
        }
    }

    /// Every state, in the order of the ids, with its id.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &T)> {
        let places = self.places.iter();
        places.filter_map(|(id, place)| Some((id, &self.states.get(*place)?.1)))
    }

    /// Every state, in the order of the ids.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, state)| state)
    }

    /// Every state, to be changed, in the order in which they were made.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.states.iter_mut().map(|(_, state)| state)
    }
}

impl<T> Default for ById<T> {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            states: Vec::new(),
            last: 0,
        }
    }
}

/// The same states, whichever was made first.
impl<T: PartialEq> PartialEq for ById<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for ById<T> {}
