//! Copying a ring into another store.

use keybaton_core::{Adoption, Bare, Follow, NotAMirror, Reading, Revision, Ring, SecretText};
use keybaton_stores::{Note, StoreErrorKind, Version};

use crate::act::write;
use crate::look::{Look, look, standing_of};
use crate::mirror::{has, was_written_since};
use crate::{HandoverError, Place, World};

/// What is copied.
#[derive(Debug)]
pub enum Original {
    /// A ring, as it stands elsewhere.
    Ring(Box<Ring>),
    /// Keys that nobody looks after yet: they become a new ring.
    Keys(Bare),
}

/// What a copy comes to, by what the other store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copying {
    /// It holds the very same.
    Nothing,
    /// It is empty.
    Fill,
    /// It holds the signing key, and no record.
    TakeOver,
    /// It holds an older copy of the ring, of this revision.
    BringUp(Revision),
    /// A write of another ring was cut short there: what it holds is known once that is finished.
    FinishFirst,
}

impl Copying {
    /// Whether those who read the store have to load it anew.
    #[must_use]
    pub fn is_news(self, ring: &Ring) -> bool {
        match self {
            Self::BringUp(_) => true,
            // The key itself was there.
            Self::TakeOver => ring.accepted().len() > 1,
            Self::Nothing | Self::Fill | Self::FinishFirst => false,
        }
    }
}

/// What became of a copy.
#[derive(Debug)]
pub struct Copied {
    /// What was done.
    pub did: Copying,
    /// The ring that both stores hold now.
    pub ring: Ring,
    /// What the store had to say.
    pub notes: Vec<Note>,
}

/// Decides what a copy comes to. Nothing is written.
///
/// # Errors
/// The other store holds something that must not be written over.
pub fn copying(from: &Original, held: &Reading) -> Result<Copying, NotAMirror> {
    match (from, held) {
        (Original::Ring(ring), _) => copying_ring(ring, held),
        (Original::Keys(_), Reading::Absent) => Ok(Copying::Fill),
        (Original::Keys(keys), Reading::Bare(bare)) => {
            taken_over(&keys.signing, &keys.fallbacks.iter().collect::<Vec<_>>(), bare)
        }
        (Original::Keys(keys), Reading::Whole(ring)) if begins_with(ring, keys) => Ok(Copying::Nothing),
        (Original::Keys(_), Reading::Whole(ring)) => Err(NotAMirror::AnotherRing(ring.head.id)),
        (Original::Keys(_), Reading::Torn(_)) => Ok(Copying::FinishFirst),
        (Original::Keys(_), Reading::Edited(_)) => Err(NotAMirror::UnknownKeys),
        (Original::Keys(_), Reading::Newer(_)) => Err(NotAMirror::Newer),
        (Original::Keys(_), Reading::Sealed(_)) => Err(NotAMirror::Unreadable),
    }
}

/// The same for a ring.
///
/// # Errors
/// The other store holds something that must not be written over.
pub fn copying_ring(ring: &Ring, held: &Reading) -> Result<Copying, NotAMirror> {
    match held {
        Reading::Absent => Ok(Copying::Fill),
        Reading::Bare(bare) => {
            let accepted: Vec<&SecretText> = ring.accepted().iter().map(|key| &key.secret).collect();
            taken_over(&ring.signing.secret, &accepted, bare)
        }
        _ => brought_up(ring, held),
    }
}

/// A key that stands alone becomes a part of the ring whose signing key it is.
fn taken_over(signing: &SecretText, others: &[&SecretText], bare: &Bare) -> Result<Copying, NotAMirror> {
    let is_known = |key: &SecretText| key == signing || others.contains(&key);
    if bare.signing == *signing && bare.fallbacks.iter().all(is_known) {
        Ok(Copying::TakeOver)
    } else {
        Err(NotAMirror::UnknownKeys)
    }
}

fn brought_up(ring: &Ring, held: &Reading) -> Result<Copying, NotAMirror> {
    ring.mirror_over(held, ring.head.written)?;
    let revision = held.head().map(|head| head.revision).unwrap_or_default();
    let is_same = held.whole_head().is_some_and(|head| head.revision == ring.head.revision);
    let is_same = is_same && !was_written_since(held);
    Ok(if is_same { Copying::Nothing } else { Copying::BringUp(revision) })
}

/// Whether the ring was begun with these keys.
fn begins_with(ring: &Ring, keys: &Bare) -> bool {
    let accepts = |secret: &SecretText| ring.accepted().iter().any(|key| key.secret == *secret);
    ring.signing.secret == keys.signing && keys.fallbacks.iter().all(accepts)
}

/// Copies a ring, or begins one with the keys, over what was looked at as `at`; nothing is written over that the store
/// alone knows.
///
/// # Errors
/// The store could not be read or written, or holds something that must not be written over.
pub fn copy(
    from: Original,
    to: &Place,
    mut at: Look,
    world: &mut World<'_>,
) -> Result<Copied, HandoverError> {
    let mut did = copying(&from, &at.reading).map_err(HandoverError::NotACopy)?;
    let mut notes = Vec::new();
    if did == Copying::FinishFirst {
        notes.extend(standing_of(to, world)?.notes);
        at = look(to)?;
        did = copying(&from, &at.reading).map_err(HandoverError::NotACopy)?;
    }
    let (ring, said) = match (from, at) {
        (Original::Ring(ring), _) if did == Copying::Nothing => (*ring, Vec::new()),
        (Original::Ring(mut ring), at) => {
            if did.is_news(&ring) {
                // Processes may have loaded what stood there until now.
                ring.head.follow = Some(Follow::Due);
            }
            written(*ring, to, at, world)?
        }
        (Original::Keys(_), Look { reading: Reading::Whole(ring), .. }) => (ring, Vec::new()),
        (Original::Keys(keys), Look { version, .. }) => begun(keys, to, &version, world)?,
    };
    notes.extend(said);
    Ok(Copied { did, ring, notes })
}

fn written(ring: Ring, to: &Place, at: Look, world: &World<'_>) -> Result<(Ring, Vec<Note>), HandoverError> {
    // A bare key that is taken over is one of the ring's own.
    let over = if let Reading::Bare(_) = at.reading { Reading::Absent } else { at.reading };
    let writes = ring.mirror_over(&over, (world.now)()).map_err(HandoverError::NotACopy)?;
    match to.store.write(&writes, &at.version) {
        Ok(written) => Ok((ring, written.notes)),
        // The answer was lost, and the store has the ring all the same.
        Err(error) if error.kind == StoreErrorKind::Uncertain && has(to, &ring) => Ok((ring, Vec::new())),
        Err(error) => Err(error.into()),
    }
}

fn begun(
    keys: Bare,
    to: &Place,
    over: &Version,
    world: &mut World<'_>,
) -> Result<(Ring, Vec<Note>), HandoverError> {
    let adoption = Adoption::from(keys);
    if let Some(keys) = adoption.too_many() {
        return Err(HandoverError::TooManyKeys(keys));
    }
    let (ring, writes) = adoption.begin(&mut world.stamp(None));
    let standing = write(to, ring, &writes, over, world)?;
    Ok((standing.ring, standing.notes))
}
