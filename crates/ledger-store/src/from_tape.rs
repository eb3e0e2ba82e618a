//! What the tape itself tells: every record where sled has failed, and details always.

use std::sync::PoisonError;

use ledger_contract::event::{Details, Event, read_leaf};
use sha2::{Digest as _, Sha256};

use crate::{
    Fatal,
    record::Record,
    render::Widths,
    shared::{Shared, in_memory, reading},
    tape::{Found, Line, Place, Tape, is_blank, parse},
};

/// How many events lie between two remembered places, when the tape itself is read.
pub(crate) const WAYPOINT_EVENTS: u64 = 1_024;

impl Shared {
    /// Visits the records at these positions in one pass over the tape, which finds a place only now and then.
    pub(crate) fn visit_tape_at(
        &self,
        positions: &[u64],
        visit: &mut dyn FnMut(Record) -> bool,
    ) -> Result<bool, Fatal> {
        let mut wanted = positions.iter().copied().peekable();
        let (Some(mut from), Some(last)) = (wanted.peek().copied(), positions.last()) else {
            return Ok(true);
        };
        self.visit_tape(&mut from, last + 1, &mut |record| {
            wanted.next_if_eq(&record.event.position).is_none() || visit(record)
        })
    }

    /// The record at a position from the tape itself, durable or not.
    pub(crate) fn written(&self, position: u64) -> Result<Record, Fatal> {
        let mut found = None;
        self.visit_tape(&mut position.clone(), position + 1, &mut |record| {
            found = Some(record);
            false
        })?;
        found.ok_or_else(|| in_memory(format!("position {position} is not on the tape")))
    }

    /// Visits records from the tape itself; false when `visit` stopped it.
    pub(crate) fn visit_tape(
        &self,
        position: &mut u64,
        before: u64,
        visit: &mut dyn FnMut(Record) -> bool,
    ) -> Result<bool, Fatal> {
        let segment = self.tape.segment_of(*position).unwrap_or(0);
        let (mut at, start) = {
            let waypoints = self.waypoints.lock().unwrap_or_else(PoisonError::into_inner);
            let near = waypoints.range(segment..=*position).next_back();
            near.map_or((segment, Place { segment, offset: 0 }), |(at, place)| {
                (*at, *place)
            })
        };
        let mut lines = self.tape.lines(start);
        while at < before {
            let Some(line) = lines.next()? else {
                return Err(self
                    .tape
                    .damaged(start, format!("the tape ends before position {at}")));
            };
            match parse(line.bytes) {
                Line::Event { leaf, details } => {
                    if at.is_multiple_of(WAYPOINT_EVENTS) {
                        let mut waypoints = self.waypoints.lock().unwrap_or_else(PoisonError::into_inner);
                        waypoints.insert(at, line.place);
                    }
                    if at >= *position {
                        let record = read_record(&self.tape, &line, at, leaf, details)?;
                        *position = at + 1;
                        if !visit(record) {
                            return Ok(false);
                        }
                    }
                    at += 1;
                }
                Line::Commit(_) => {}
                Line::Unknown => {
                    let how = "a line is neither an event nor a commit";
                    return Err(self.tape.damaged(line.place, how));
                }
            }
        }
        Ok(true)
    }

    /// The details of a durable event; none when it has none or they were destroyed.
    pub(crate) fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        let Some(hash) = event.details_hash else {
            return Ok(None);
        };
        if reading(&self.orders).cover(event) {
            return Ok(None);
        }
        match self.record(event.position)? {
            Some(record) => details_at(&self.tape, record.place, record.widths, hash),
            None => Ok(None),
        }
    }
}

/// The event of a line at a known position.
pub(crate) fn read_record(
    tape: &Tape,
    line: &Found<'_>,
    position: u64,
    leaf: &[u8],
    details: &[u8],
) -> Result<Record, Fatal> {
    let event = read_leaf(leaf).map_err(|error| tape.damaged(line.place, error.to_string()))?;
    if event.position != position {
        let how = format!("position {} stands where {position} belongs", event.position);
        return Err(tape.damaged(line.place, how));
    }
    let width = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX);
    Ok(Record {
        event,
        place: line.place,
        widths: Widths {
            leaf: width(leaf),
            details: width(details),
        },
    })
}

/// Reads details from the tape and holds them against their hash.
pub(crate) fn details_at(
    tape: &Tape,
    place: Place,
    widths: Widths,
    hash: [u8; 32],
) -> Result<Option<Box<Details>>, Fatal> {
    let place = Place {
        offset: place.offset + u64::from(widths.leaf) + 1,
        ..place
    };
    let bytes = tape.bytes(place, widths.details as usize)?;
    if is_blank(&bytes) {
        return Ok(None);
    }
    if <[u8; 32]>::from(Sha256::digest(&bytes)) != hash {
        return Err(tape.damaged(place, "details do not have the hash that their leaf tells"));
    }
    let details = Details::read(&bytes).map_err(|error| tape.damaged(place, error.to_string()))?;
    Ok(Some(Box::new(details)))
}
