//! How two stores differ, by ids and marks. Secrets are compared here, in constant time, and shown nowhere.

use keybaton_core::{HeldKey, KeyId, Phase, Reading, Revision, RingId, RingName, Role, Sealed};
use serde::Serialize;

use crate::print::{Print, Style};
use crate::verdict::{Behind, Verdict, can_be_copied};
use crate::wording;

/// Two stores, side by side.
pub(crate) struct Difference<'a> {
    a: (&'a str, &'a Reading),
    b: (&'a str, &'a Reading),
    verdict: Verdict,
    rows: Vec<Row>,
}

/// What programs are told.
#[derive(Serialize)]
pub(crate) struct Told<'a> {
    ring: &'a str,
    equal: bool,
    same_ring: bool,
    a: Side<'a>,
    b: Side<'a>,
    keys: &'a [Row],
}

/// One of the two.
#[derive(Serialize)]
struct Side<'a> {
    store: &'a str,
    state: &'static str,
    id: Option<RingId>,
    revision: Option<Revision>,
    phase: Option<Phase>,
}

/// A key, and what it does on each side.
#[derive(Clone, Copy, Serialize)]
struct Row {
    a: Option<Stands>,
    b: Option<Stands>,
}

/// A key on one side. Neither id nor role: no record there knows it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
struct Stands {
    id: Option<KeyId>,
    role: Option<Role>,
}

impl<'a> Difference<'a> {
    pub(crate) fn of(a: (&'a str, &'a Reading), b: (&'a str, &'a Reading)) -> Self {
        let rows = rows(&a.1.held_keys(), &b.1.held_keys());
        let same_keys = rows.iter().all(|row| row.a.is_some() && row.b.is_some());
        Self { verdict: Verdict::of(a.1, b.1, same_keys), a, b, rows }
    }

    pub(crate) fn told<'b>(&'b self, ring: &'b RingName) -> Told<'b> {
        let same_ring = !matches!(self.verdict, Verdict::OtherRing | Verdict::NoCommonRing | Verdict::Untold);
        Told {
            ring: ring.as_str(),
            equal: self.verdict.is_equal(),
            same_ring: same_ring && self.a.1.head().is_some(),
            a: side(self.a),
            b: side(self.b),
            keys: &self.rows,
        }
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.verdict.is_equal()
    }

    /// Which of the two lacks a write of the other, where that one can be copied over it.
    pub(crate) fn behind(&self) -> Option<Behind> {
        match self.verdict {
            Verdict::ABehind if can_be_copied(self.b.1, self.a.1) => Some(Behind::A),
            Verdict::BBehind if can_be_copied(self.a.1, self.b.1) => Some(Behind::B),
            _ => None,
        }
    }

    pub(crate) fn text(&self, print: &Print) -> String {
        let mut lines = vec![
            format!("A  {}: {}", self.a.0, described(self.a.1)),
            format!("B  {}: {}", self.b.0, described(self.b.1)),
            print.paint(Style::Bold, &self.sentence()),
        ];
        // What nobody can see may have the key too.
        let only = if self.verdict == Verdict::Untold { ["A", "B"] } else { ["A only", "B only"] };
        let rows = self.rows.iter().map(|row| line(*row, only));
        if !self.rows.is_empty() {
            lines.push(String::new());
        }
        lines.extend(rows);
        lines.join("\n")
    }

    fn sentence(&self) -> String {
        match self.verdict {
            Verdict::Equal if self.rows.is_empty() => "equal: neither holds a key".to_owned(),
            Verdict::Equal if self.a.1.head().is_none() => {
                "equal: the same keys, without a record".to_owned()
            }
            Verdict::Equal => "equal: the same write of the same ring".to_owned(),
            Verdict::Disorder if self.is_sealed() => {
                "different: the same write of the same ring, and perhaps not the same keys".to_owned()
            }
            Verdict::Disorder => {
                "different: the same write of the same ring, and not the same texts".to_owned()
            }
            Verdict::ABehind => "different: the same ring, and A is behind".to_owned(),
            Verdict::BBehind => "different: the same ring, and B is behind".to_owned(),
            Verdict::Diverged => {
                "different: the same ring, and two writes of it that know nothing of each other".to_owned()
            }
            Verdict::OtherRing => format!("different: two rings, which share {}", self.shared()),
            Verdict::Untold => {
                "cannot be told: the keys of one cannot be read, and it has no record of them".to_owned()
            }
            Verdict::NoCommonRing => format!("different: no common ring; they share {}", self.shared()),
        }
    }

    fn is_sealed(&self) -> bool {
        [self.a.1, self.b.1].iter().any(|reading| matches!(reading, Reading::Sealed(_)))
    }

    fn shared(&self) -> String {
        match self.rows.iter().filter(|row| row.a.is_some() && row.b.is_some()).count() {
            0 => "no key".to_owned(),
            1 => "a key".to_owned(),
            several => format!("{several} keys"),
        }
    }
}

/// Each key once. Secrets are compared in constant time, and stay here.
fn rows(a: &[HeldKey], b: &[HeldKey]) -> Vec<Row> {
    let stands = |key: &HeldKey| Stands { id: key.id, role: key.role };
    let partner =
        |key: &HeldKey, others: &[HeldKey]| others.iter().find(|other| is_same(key, other)).map(stands);
    let of_a = a.iter().map(|key| Row { a: Some(stands(key)), b: partner(key, b) });
    let only_b = b.iter().filter(|key| partner(key, a).is_none());
    of_a.chain(only_b.map(|key| Row { a: None, b: Some(stands(key)) })).collect()
}

/// By the keys themselves; where one side gives them to nobody, by the name that each record has for them.
fn is_same(key: &HeldKey, other: &HeldKey) -> bool {
    match (&key.secret, &other.secret) {
        (Some(key), Some(other)) => key == other,
        _ => key.id.is_some() && key.id == other.id,
    }
}

fn side<'a>((store, reading): (&'a str, &Reading)) -> Side<'a> {
    let state = match reading {
        Reading::Absent => "absent",
        Reading::Bare(_) => "bare",
        Reading::Whole(_) => "whole",
        Reading::Torn(_) => "torn",
        Reading::Edited(_) => "edited",
        Reading::Newer(_) => "newer",
        Reading::Sealed(_) => "sealed",
    };
    let phase = if let Reading::Whole(ring) = reading { Some(ring.phase()) } else { None };
    let head = reading.head();
    Side { store, state, id: head.map(|head| head.id), revision: head.map(|head| head.revision), phase }
}

fn described(reading: &Reading) -> String {
    let ring = reading.head().map(|head| format!("ring {}, revision {}", head.id, head.revision));
    let ring = ring.unwrap_or_default();
    match reading {
        Reading::Absent => "nothing".to_owned(),
        Reading::Bare(_) => "a key without a record".to_owned(),
        Reading::Whole(whole) => format!("{ring}, {}", wording::phase(whole.phase())),
        Reading::Torn(_) => format!("{ring}, a write was cut short or is under way"),
        Reading::Edited(_) if ring.is_empty() => "edited by hand".to_owned(),
        Reading::Edited(_) => format!("{ring}, edited by hand"),
        Reading::Newer(_) => "a record of a later version".to_owned(),
        Reading::Sealed(sealed) => of_sealed(sealed, ring),
    }
}

/// The keys may be others than the record says, and nobody can see it.
fn of_sealed(sealed: &Sealed, ring: String) -> String {
    match sealed {
        _ if ring.is_empty() => "keys that cannot be read, without a record".to_owned(),
        sealed if !sealed.is_whole() => format!("{ring}, a write was cut short, is under way or was undone"),
        sealed if sealed.was_written_since() => {
            format!("{ring}, and a key was written since by somebody else; keys cannot be read there")
        }
        _ => format!("{ring}, as its record says; keys cannot be read there"),
    }
}

fn line(row: Row, [only_a, only_b]: [&str; 2]) -> String {
    let (place, what) = match (row.a, row.b) {
        (Some(a), Some(b)) if a == b => ("both", named(a)),
        (Some(Stands { id: Some(id), role: a }), Some(Stands { id: b_id, role: b })) if b_id == Some(id) => {
            ("both", format!("{id} {} in A, {} in B", doing(a), doing(b)))
        }
        (Some(a), Some(b)) => ("both", format!("{} in A, {} in B", named(a), named(b))),
        (Some(a), None) => (only_a, named(a)),
        (None, Some(b)) => (only_b, named(b)),
        (None, None) => return String::new(),
    };
    format!("  {place:<7} {what}")
}

fn named(key: Stands) -> String {
    match key.id {
        Some(id) => format!("{id} {}", doing(key.role)),
        None => "a key that no record knows".to_owned(),
    }
}

fn doing(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Next) => "next",
        Some(Role::Signing) => "signing",
        Some(Role::Retiring) => "retiring",
        None => "unknown",
    }
}

#[cfg(test)]
mod tests;
