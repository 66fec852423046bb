//! What two stores come to beside each other.

use std::cmp::Ordering;

use keybaton_core::{NotAMirror, Reading};
use keybaton_handover::{Copying, copying_ring};

/// How two stores differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Equal,
    /// The same write of the same ring, and the texts are not in order in one of them.
    Disorder,
    ABehind,
    BBehind,
    /// Each was changed apart from the other.
    Diverged,
    OtherRing,
    /// At most one of them has a record.
    NoCommonRing,
    /// One of them holds keys that nobody can read, and no record of them.
    Untold,
}

/// A side that lacks a write of the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    A,
    B,
}

impl Verdict {
    pub(crate) fn of(a: &Reading, b: &Reading, same_keys: bool) -> Self {
        let (Some(left), Some(right)) = (a.head(), b.head()) else {
            if [a, b].into_iter().any(is_untold) {
                return Self::Untold;
            }
            let is_same = a.head().is_none() && b.head().is_none() && are_same(a, b);
            return if is_same && same_keys { Self::Equal } else { Self::NoCommonRing };
        };
        if left.id != right.id {
            return Self::OtherRing;
        }
        match left.revision.cmp(&right.revision) {
            Ordering::Less if is_apart(b, a) => Self::Diverged,
            Ordering::Less => Self::ABehind,
            Ordering::Greater if is_apart(a, b) => Self::Diverged,
            Ordering::Greater => Self::BBehind,
            Ordering::Equal if left.write != right.write => Self::Diverged,
            Ordering::Equal if is_in_order(a) && is_in_order(b) => Self::Equal,
            Ordering::Equal => Self::Disorder,
        }
    }

    pub(crate) fn is_equal(self) -> bool {
        self == Self::Equal
    }
}

fn is_untold(reading: &Reading) -> bool {
    matches!(reading, Reading::Sealed(sealed) if sealed.head().is_none())
}

/// Nothing on both sides, or keys without a record of which the same one signs.
fn are_same(a: &Reading, b: &Reading) -> bool {
    match (a, b) {
        (Reading::Absent, Reading::Absent) => true,
        (Reading::Bare(a), Reading::Bare(b)) => a.signing == b.signing,
        _ => false,
    }
}

/// Whether the keys are those of the record, as far as can be seen.
fn is_in_order(reading: &Reading) -> bool {
    let was_touched = matches!(reading, Reading::Sealed(sealed) if sealed.was_written_since());
    reading.whole_head().is_some() && !was_touched
}

/// Whether a store of an earlier revision has a key of its own that signs, or would.
fn is_apart(later: &Reading, earlier: &Reading) -> bool {
    matches!(copied(later, earlier), Some(Err(NotAMirror::Apart(_))))
}

/// What a copy would come to; nothing where there is no ring in order to copy.
fn copied(from: &Reading, to: &Reading) -> Option<Result<Copying, NotAMirror>> {
    if let Reading::Whole(ring) = from { Some(copying_ring(ring, to)) } else { None }
}

/// Whether `keybaton copy` refuses for good: a write that was cut short can be finished first, but not where nobody can
/// read the keys.
pub(crate) fn cannot_be_copied(from: &Reading, to: &Reading) -> bool {
    matches!(from, Reading::Sealed(_)) || matches!(copied(from, to), Some(Err(_)))
}

/// Whether `keybaton copy` would carry the ring over.
pub(crate) fn can_be_copied(from: &Reading, to: &Reading) -> bool {
    matches!(copied(from, to), Some(Ok(_)))
}
