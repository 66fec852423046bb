//! What `manage.py keybaton observe` and its like print.

use std::collections::BTreeMap;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Beat, Beats, Floor, Kin, Mark, Revision, RingId, RingName};
use serde::Deserialize;

use crate::Answer;

#[derive(Debug, Deserialize)]
pub(crate) struct Observed {
    pub(crate) format: u64,
    /// Whether the tables are not there.
    #[serde(default)]
    pub(crate) missing: bool,
    #[serde(default)]
    now: u64,
    #[serde(default)]
    lease: u64,
    #[serde(default)]
    beats: Vec<Row>,
    #[serde(default)]
    floors: Vec<FloorRow>,
    lifetimes: Option<Lifetimes>,
}

/// What is printed where the floor was raised: where it is, and what is reported after that.
#[derive(Debug, Deserialize)]
pub(crate) struct Raised {
    #[serde(flatten)]
    pub(crate) floor: FloorRow,
    pub(crate) observed: Observed,
}

#[derive(Debug, Deserialize)]
struct Row {
    process: String,
    name: String,
    ring: String,
    revision: u64,
    signs: Mark,
    accepts: Vec<Mark>,
    #[serde(default)]
    holds: Vec<String>,
    role: String,
    host: String,
    started: u64,
    seen: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct FloorRow {
    ring: String,
    revision: u64,
    raised: u64,
}

/// How long what the project signs is valid, in seconds.
#[derive(Clone, Debug, Deserialize)]
pub struct Lifetimes {
    /// How long a session lasts, unless it was given an end of its own.
    pub session_cookie_age: u64,
    /// How long a link lasts that resets a password.
    pub password_reset_timeout: u64,
    /// When the last session ends that stands in a table.
    #[serde(default)]
    pub latest_session_expiry: Option<u64>,
    /// Why that could not be read.
    #[serde(default)]
    pub sessions_unread: Option<String>,
    /// How long what a further ring signs is valid, where the settings say it.
    #[serde(default)]
    pub rings: BTreeMap<String, Option<u64>>,
    /// The packages whose data SECRET_KEY encrypts, which nobody can read with another one.
    #[serde(default)]
    pub encrypted: Vec<String>,
    /// Those that read with its fallbacks too.
    #[serde(default)]
    pub encrypted_fallbacks: Vec<String>,
}

impl Lifetimes {
    /// The longest that the settings say.
    #[must_use]
    pub fn longest(&self) -> Span {
        Span(self.session_cookie_age.max(self.password_reset_timeout))
    }

    /// The longest that the settings say of what a further ring signs.
    #[must_use]
    pub fn longest_of(&self, ring: &RingName) -> Option<Span> {
        self.rings.get(ring.as_str()).copied().flatten().map(Span)
    }

    fn plain(self) -> Self {
        let sessions_unread = self.sessions_unread.map(|why| plain(&why).into());
        let plain_all = |names: Vec<String>| names.iter().map(|name| plain(name).into()).collect();
        let (encrypted, encrypted_fallbacks) =
            (plain_all(self.encrypted), plain_all(self.encrypted_fallbacks));
        Self { sessions_unread, encrypted, encrypted_fallbacks, ..self }
    }
}

impl Observed {
    /// What is reported of one ring name. Who reports is not trusted to steer the user's terminal.
    pub(crate) fn answer(self, name: &RingName) -> Result<Answer, &'static str> {
        if self.now == 0 || self.lease == 0 {
            return Err("it does not say what time it is, or how long a beat counts");
        }
        let Some(lifetimes) = self.lifetimes.map(Lifetimes::plain) else {
            return Err("it does not say how long what is signed is valid");
        };
        let (ours, others): (Vec<Row>, Vec<Row>) =
            self.beats.into_iter().partition(|row| row.name == name.as_str());
        let named = |row: Row| Some((row.name.parse().ok()?, row.beat()));
        let beats = Beats {
            now: Timestamp(self.now),
            lease: Span(self.lease),
            beats: ours.into_iter().map(Row::beat).collect(),
            others: others.into_iter().filter_map(named).collect(),
            kin: Kin { name: name.clone(), ..Kin::default() },
            floors: self.floors.into_iter().filter_map(|row| row.floor()).collect(),
        };
        Ok(Answer { beats, lifetimes })
    }
}

impl Row {
    fn beat(self) -> Beat {
        Beat {
            process: plain(&self.process),
            ring: self.ring.parse().ok(),
            revision: Revision(self.revision),
            signs: self.signs,
            accepts: self.accepts,
            holds: self.holds.iter().map(|what| plain(what)).collect(),
            role: plain(&self.role),
            host: plain(&self.host),
            started: Timestamp(self.started),
            seen: Timestamp(self.seen),
            given_up: false,
        }
    }
}

impl FloorRow {
    /// Nothing where it is of no ring that keybaton made.
    pub(crate) fn floor(&self) -> Option<Floor> {
        let ring: RingId = self.ring.parse().ok()?;
        Some(Floor { ring, revision: Revision(self.revision), raised: Timestamp(self.raised) })
    }
}

fn plain(text: &str) -> Box<str> {
    text.chars().filter(|character| !character.is_control()).take(LONGEST).collect::<String>().into()
}

/// In characters.
const LONGEST: usize = 255;
