//! What has to follow a change, such as a restart of the processes, and what is remembered where it did not.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::change::Stamp;
use crate::ring::{Head, Ring};
use crate::time::Timestamp;
use crate::writes::{Before, writes};
use crate::{WriteId, Writes};

/// What became of that which has to follow the last change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Follow {
    /// It failed, or was stopped: nobody knows whether any process was told of the change.
    Due,
    /// It was made good later, then.
    Late(Timestamp),
    /// Something that a later version wrote, which is kept.
    #[serde(untagged)]
    Other(Value),
}

impl Head {
    /// Whether what has to follow the last change did not follow yet, as far as anybody knows.
    #[must_use]
    pub fn is_follow_due(&self) -> bool {
        !matches!(self.follow, None | Some(Follow::Late(_)))
    }

    /// When it was made good, where it did not follow at once.
    pub(crate) fn followed_late(&self) -> Option<Timestamp> {
        if let Some(Follow::Late(at)) = self.follow { Some(at) } else { None }
    }
}

impl Ring {
    /// Remembers what became of that which has to follow the last change: the ring as it is then, and what has to be
    /// written. No key moves.
    pub fn remember(mut self, follow: Follow, stamp: &mut Stamp<'_>) -> (Self, Writes) {
        let before = Before::of(&self);
        self.head.count(WriteId::draw(stamp.random), stamp.floor, stamp.now);
        self.head.follow = Some(follow);
        let writes = writes(before, &self, false);
        (self, writes)
    }
}
