//! Looking at a ring, and finishing what somebody left half done.

use keybaton_core::time::Timestamp;
use keybaton_core::{Beats, MirrorSeen, Reading, Revision, Ring, Seen, Torn, read, read_sealed};
use keybaton_stores::{Held, Note, StoreError, StoreErrorKind, Version};

use crate::mirror::{Mirrored, mirror, was_written_since};
use crate::{FleetError, HandoverError, Missed, Place, Places, Reported, World};

/// What a store holds, and what it means.
#[derive(Debug)]
pub struct Look {
    /// What the texts mean.
    pub reading: Reading,
    /// What to write over.
    pub version: Version,
}

/// Looks into a store. Nothing is written.
///
/// # Errors
/// The store could not be read.
pub fn look(place: &Place) -> Result<Look, StoreError> {
    let first = look_once(place)?;
    match first.reading {
        // Stores that are read text after text may have been written in between, which looks the same.
        Reading::Edited(_) if !place.is_atomic() => look_once(place),
        _ => Ok(first),
    }
}

fn look_once(place: &Place) -> Result<Look, StoreError> {
    Ok(match place.store.read()? {
        Held::Absent => Look { reading: Reading::Absent, version: Version::Absent },
        Held::Texts(texts, version) => Look { reading: read(texts), version },
        Held::Sealed { record, keys, version } => {
            Look { reading: read_sealed(record.as_deref(), keys), version }
        }
    })
}

/// A ring in order, as it stands in its store.
#[derive(Debug)]
pub struct Standing {
    /// The ring.
    pub ring: Ring,
    /// What to write over.
    pub version: Version,
    /// Whether a write that had been cut short was finished first.
    pub mended: bool,
    /// Whether mirrors that lacked an earlier write received it.
    pub caught_up: bool,
    /// What the stores had to say.
    pub notes: Vec<Note>,
    /// Mirrors that lack the ring, and could not be brought up.
    pub missed: Vec<Missed>,
    /// What somebody else wrote at the same moment, which is lost: to be told once all is done that follows a write.
    pub lost: Option<StoreError>,
}

impl Standing {
    /// A ring as it stands in its store; of its mirrors nothing is known yet.
    #[must_use]
    pub fn of(ring: Ring, version: Version) -> Self {
        let (notes, missed) = (Vec::new(), Vec::new());
        Self { ring, version, mended: false, caught_up: false, notes, missed, lost: None }
    }

    /// Whether something was written before any change was made.
    #[must_use]
    pub fn wrote(&self) -> bool {
        self.mended || self.caught_up
    }

    /// Brings the mirrors up that lack it.
    pub(crate) fn catch_up(&mut self, places: &Places, world: &World<'_>) {
        let Mirrored { wrote, notes, missed } = mirror(places, &self.ring, world);
        self.caught_up |= wrote;
        self.notes.extend(notes);
        self.missed = missed;
    }
}

/// The ring, for a writer: a write that was cut short is finished first, and mirrors that lack one are brought up. Where
/// one stays behind, no step may go on.
///
/// # Errors
/// The store cannot be read or written, or holds no ring in order.
pub fn standing(places: &Places, world: &mut World<'_>) -> Result<Standing, HandoverError> {
    let mut standing = standing_of(&places.store, world)?;
    standing.catch_up(places, world);
    Ok(standing)
}

/// The ring of the store alone, for what must not wait for a mirror.
///
/// # Errors
/// The store cannot be read or written, or holds no ring in order.
pub fn standing_of(place: &Place, world: &mut World<'_>) -> Result<Standing, HandoverError> {
    standing_in(look(place)?, place, world)
}

/// The same, of what was looked at already.
pub(crate) fn standing_in(
    seen: Look,
    place: &Place,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    let Look { reading, version } = seen;
    match reading {
        Reading::Whole(ring) => Ok(Standing::of(ring, version)),
        Reading::Torn(torn) => finish(place, torn, &version, world),
        Reading::Absent => Err(HandoverError::Absent),
        Reading::Bare(_) => Err(HandoverError::Bare),
        Reading::Edited(edited) => Err(HandoverError::Edited(edited.why)),
        Reading::Newer(newer) => Err(HandoverError::Newer(newer.format)),
        Reading::Sealed(_) => Err(HandoverError::Sealed),
    }
}

/// Finishes a write that was cut short earlier.
pub(crate) fn finish(
    place: &Place,
    torn: Torn,
    over: &Version,
    world: &mut World<'_>,
) -> Result<Standing, HandoverError> {
    finished(place, torn, over, world).map_err(|error| {
        // Whoever is at work there may be finishing it.
        let is_others = is_foreign(&error) || error.kind == StoreErrorKind::Locked;
        if is_others { error.into() } else { HandoverError::Partly(error) }
    })
}

pub(crate) fn finished(
    place: &Place,
    torn: Torn,
    over: &Version,
    world: &mut World<'_>,
) -> Result<Standing, StoreError> {
    let (ring, writes) = torn.finish(&mut world.stamp(None));
    let written = place.store.write(&writes, over)?;
    Ok(Standing { mended: true, notes: written.notes, ..Standing::of(ring, written.version) })
}

/// Where somebody else wrote, nobody knows whether there is still something to finish.
pub(crate) fn is_foreign(error: &StoreError) -> bool {
    matches!(error.kind, StoreErrorKind::Conflict | StoreErrorKind::Overlap)
}

/// What was seen around a ring.
#[derive(Debug)]
pub struct Around {
    /// What each mirror holds of it, in the order of the configuration.
    pub mirrors: Vec<MirrorSeen>,
    /// Why it could not be read, for each mirror that could not.
    pub unread: Vec<Option<StoreError>>,
    /// Why the last write has not reached those who read it, or why nobody can tell.
    pub undelivered: Option<StoreError>,
    /// What the processes report, where they are asked and could be.
    pub fleet: Option<Beats>,
    /// Why they could not be asked.
    pub not_asked: Option<FleetError>,
}

impl Around {
    /// All of it, for core to decide on.
    #[must_use]
    pub fn seen<'a>(&'a self, ring: &'a Ring, now: Timestamp) -> Seen<'a> {
        let (undelivered, fleet) = (self.undelivered.is_some(), self.fleet.as_ref());
        Seen { now, ring, mirrors: &self.mirrors, undelivered, fleet }
    }

    /// The floor of a ring, as far as it is known.
    #[must_use]
    pub fn floor(&self, ring: &Ring) -> Revision {
        self.fleet.as_ref().map(|beats| beats.floor(ring.head.id)).unwrap_or_default()
    }

    /// What was heard of the processes alone.
    #[must_use]
    pub fn reported(&self) -> Reported {
        Reported { beats: self.fleet.clone(), not_asked: self.not_asked.clone() }
    }
}

impl Places {
    /// Looks around a ring. The processes are asked where nothing is known of them that still holds.
    #[must_use]
    pub fn around(&self, ring: &Ring, known: Option<Reported>) -> Around {
        let looks = self.mirrors.iter().map(|mirror| match look(mirror) {
            Ok(look) => (seen_in(&look.reading, ring), None),
            Err(error) => (MirrorSeen::default(), Some(error)),
        });
        let (mirrors, unread) = looks.unzip();
        let Reported { beats, not_asked } =
            known.map_or_else(|| self.reported(), |known| self.completed(known));
        Around { mirrors, unread, undelivered: self.undelivered(), fleet: beats, not_asked }
    }

    /// What the processes report now.
    #[must_use]
    pub fn reported(&self) -> Reported {
        let answer = self.fleet.as_ref().map(|fleet| fleet.look());
        self.completed(answer.map(Reported::from).unwrap_or_default())
    }

    /// The operator knows who is gone, and the stores which rings have keys in common.
    fn completed(&self, mut reported: Reported) -> Reported {
        if let Some(beats) = &mut reported.beats {
            beats.give_up(&self.gone);
            beats.kin = self.kin.clone();
        }
        reported
    }

    /// What each mirror holds of this ring. One that cannot be read counts as behind.
    #[must_use]
    pub fn mirrors_of(&self, ring: &Ring) -> Vec<MirrorSeen> {
        self.mirrors.iter().map(|mirror| seen(mirror, ring)).collect()
    }

    /// Why the last write has not reached those who read it, or why nobody can tell. Where no rotation is under way, the last
    /// write may still have cut a key off.
    #[must_use]
    pub fn undelivered(&self) -> Option<StoreError> {
        let mut all = std::iter::once(&self.store).chain(&self.mirrors);
        all.find_map(|place| place.store.delivered().err())
    }
}

pub(crate) fn seen(mirror: &Place, ring: &Ring) -> MirrorSeen {
    look(mirror).map_or_else(|_| MirrorSeen::default(), |look| seen_in(&look.reading, ring))
}

pub(crate) fn seen_in(reading: &Reading, ring: &Ring) -> MirrorSeen {
    match reading.whole_head() {
        Some(copy) if copy.id == ring.head.id => {
            let written_since = was_written_since(reading);
            MirrorSeen { holds: Some((copy.revision, copy.write)), written: copy.written, written_since }
        }
        _ => MirrorSeen::default(),
    }
}
