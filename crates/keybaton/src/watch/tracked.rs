//! One ring that is followed: what the program has of it, and what a look at its store shows.

use std::thread;
use std::time::Duration;

use keybaton_core::{Field, Revision, RingId, SecretText, Texts};

use crate::env_file::EnvFile;
use crate::failure::Failure;
use crate::serving::Served;
use crate::source::{Found, Source};
use crate::watch::folder::Content;

/// A ring, and how it was found last. Whatever becomes of the store, the program keeps what was read last.
pub(crate) struct Tracked {
    source: Source,
    /// Nothing: it was never read.
    held: Option<Held>,
    is_away: bool,
}

struct Held {
    texts: Texts,
    standing: Standing,
    warnings: Vec<String>,
}

/// Which ring, and how far; nothing where the texts do not say.
type Standing = Option<(RingId, Revision)>;

/// What the user is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Note(String),
    Warning(String),
}

/// What the program gets may have changed. What the user is told, in any case.
pub(super) struct Look {
    pub(super) is_new: bool,
    pub(super) lines: Vec<Line>,
}

impl Tracked {
    /// A ring that the program cannot do without; the file whose other variables it gets, and what the user should know.
    pub(crate) fn needed(source: Source) -> Result<(Self, Option<EnvFile>, Vec<String>), Failure> {
        let mut found = source.first()?;
        let (file, warnings) = (found.file.take(), found.warnings.clone());
        Ok((Self { source, held: Some(found.into()), is_away: false }, file, warnings))
    }

    /// A ring that may come later: that it is not there yet is one of the warnings.
    pub(crate) fn wanted(source: Source) -> (Self, Vec<String>) {
        match source.first() {
            Ok(found) => {
                let warnings = found.warnings.clone();
                (Self { source, held: Some(found.into()), is_away: false }, warnings)
            }
            Err(failure) => (Self { source, held: None, is_away: true }, vec![failure.in_full()]),
        }
    }

    pub(crate) fn keys(&self) -> Vec<SecretText> {
        self.held.as_ref().map_or_else(Vec::new, |held| held.texts.keys())
    }

    pub(super) fn files(&self) -> Vec<Content<'_>> {
        let Some(held) = &self.held else { return Vec::new() };
        let file = |field| Some((self.source.place.ring.of(field), held.texts.get(field)?));
        Field::ALL.into_iter().filter_map(file).collect()
    }

    /// Looks at the store. A file that somebody is writing may be empty for a moment, which is no news.
    pub(super) fn look(&mut self) -> Look {
        let mut outcome = self.news();
        if outcome.is_err() && !self.is_away {
            thread::sleep(SETTLES);
            outcome = self.news();
        }
        let mut lines: Vec<Line> = self.turn(outcome.as_ref().err()).into_iter().collect();
        let Ok(Some(new)) = outcome else { return Look { is_new: false, lines } };
        lines.push(self.change(new.standing));
        lines.extend(new.warnings.iter().cloned().map(Line::Warning));
        self.held = Some(new);
        Look { is_new: true, lines }
    }

    /// What the store holds, where that is not what the program has.
    ///
    /// Texts that are no whole ring may be a file that somebody is writing just now, so they have to stand for a moment.
    fn news(&self) -> Result<Option<Held>, Failure> {
        let new = Held::from(self.source.again()?);
        let has = |new: &Held| self.held.as_ref().is_some_and(|held| held.texts == new.texts);
        if has(&new) || new.standing.is_some() {
            return Ok(Some(new).filter(|new| !has(new)));
        }
        thread::sleep(SETTLES);
        let again = Held::from(self.source.again()?);
        Ok(Some(again).filter(|again| again.texts == new.texts))
    }

    /// The store went away, or is back. It says nothing while that lasts.
    fn turn(&mut self, failure: Option<&Failure>) -> Option<Line> {
        let was_away = std::mem::replace(&mut self.is_away, failure.is_some());
        let ring = &self.source.place.ring;
        match failure {
            Some(failure) if !was_away => {
                let why = failure.in_full();
                Some(Line::Warning(format!("{why}; the program keeps {ring} as it was read last")))
            }
            None if was_away => Some(Line::Note(format!("{} can be read again", self.source.place.name()))),
            _ => None,
        }
    }

    /// A ring that went back is followed: a store that was restored has to go on serving.
    fn change(&self, new: Standing) -> Line {
        let name = self.source.place.name();
        let Some((id, revision)) = new else { return Line::Note(format!("{name} has changed")) };
        match self.held.as_ref().and_then(|held| held.standing) {
            Some((old, _)) if old != id => {
                Line::Warning(format!("{name} is another ring now, which the program gets"))
            }
            Some((_, old)) if old > revision => Line::Warning(format!(
                "{name} went back from revision {} to {}, as in a store that was restored; the program gets that",
                old.0, revision.0
            )),
            _ => Line::Note(format!("{name} has changed: the program gets revision {}", revision.0)),
        }
    }
}

impl From<Found> for Held {
    fn from(found: Found) -> Self {
        let Served { signing, fallbacks, record, .. } = found.served;
        let texts = Texts { signing: Some(signing), fallbacks, record };
        Self { texts, standing: found.standing, warnings: found.warnings }
    }
}

/// The files of all rings.
pub(super) fn files(rings: &[Tracked]) -> Vec<Content<'_>> {
    rings.iter().flat_map(Tracked::files).collect()
}

/// Longer than anybody takes to write three short texts.
const SETTLES: Duration = Duration::from_secs(1);
