//! Somebody else who writes at the same moment: what the releases held tells whether one of two writes is lost.

use keybaton_core::Texts;

use super::Heroku;
use super::release::Release;
use crate::remote::Deadline;
use crate::remote::line::not_looked;
use crate::{Note, StoreError};

/// A write that was sent.
pub(super) struct Writing<'a> {
    pub(super) before: &'a Texts,
    pub(super) new: &'a Texts,
    /// The release that was the last one when `before` was read, or an older one.
    pub(super) last: u64,
}

impl Heroku {
    /// What to say of the releases since.
    pub(super) fn looked_again(
        &self,
        writing: &Writing<'_>,
        deadline: Deadline,
    ) -> Result<Vec<Note>, StoreError> {
        let releases = match self.releases_after(writing.last, deadline) {
            Ok(releases) => releases,
            Err(error) => return Ok(vec![not_looked(&error)]),
        };
        // One alone is ours.
        if releases.len() > 1 {
            self.must_be_alone(writing, &releases, deadline)?;
        }
        Ok(releases.last().and_then(|release| self.not_out(release)).into_iter().collect())
    }

    fn must_be_alone(
        &self,
        writing: &Writing<'_>,
        releases: &[Release],
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let held = releases.iter().map(|release| self.texts_at(release.version, deadline));
        let held: Vec<Texts> =
            held.collect::<Result<_, _>>().map_err(|error| self.either(releases, &error))?;
        // Where it is not among them, its own answer says what became of it.
        let Some(ours) = held.iter().position(|texts| texts == writing.new) else { return Ok(()) };
        let stood = ours.checked_sub(1).map_or(writing.before, |at| &held[at]);
        if stood != writing.before {
            return Err(self.wrote_over(&releases[ours - 1], &releases[ours]));
        }
        match held.iter().skip(ours).position(|texts| texts != writing.new) {
            Some(after) => Err(self.overwritten(&releases[ours + after])),
            None => Ok(()),
        }
    }
}
