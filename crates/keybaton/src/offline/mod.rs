//! A store behind a network can be away. Where `offline` says so, programs then start with a copy of the ring as it was last
//! read on this machine.
//!
//! Only reading does this, only where the store cannot be reached: a store that answers has the last word, be it that
//! there is no ring, or that nobody here may read it.

mod copy;
mod server;
mod shelf;

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{RingId, RingName, Texts};
use keybaton_files::FileError;
use keybaton_stores::{StoreError, StoreErrorKind, StoreUrl};

use crate::clock::{self, shown};
use crate::configuration::{Located, Place};
use crate::failure::Failure;
use crate::store;
use copy::{CLOCKS_DIFFER, Copy};
use shelf::Shelf;

/// What the store holds, or else a copy; and what the user should know of that.
pub(crate) fn read(place: &Place) -> Result<(Texts, Vec<String>), Failure> {
    store::must_be_readable(&place.store)?;
    shelf::sweep(|copy| copy.until < clock::now());
    let url = store::url(&place.store)?;
    if url.kind().local {
        return Ok((store::read(place)?, Vec::new()));
    }
    let shelf = Shelf::of(&url, &place.ring);
    let Some(span) = place.offline else {
        let texts = store::read(place)?;
        let cleared = if is_configured(place) { shelf.clear() } else { Ok(()) };
        return Ok((texts, cleared.err().map(left_over).into_iter().collect()));
    };
    let usable = usable(shelf.look(), clock::now(), span);
    // A write that comes while the store is asked makes this the older one.
    let began = clock::now();
    let found = match usable {
        // The Python package gives up after 10 s, so a store that says nothing must be given up before.
        Ok(_) => within(PATIENCE, &place.store, &place.ring),
        Err(_) => store::texts(&place.store, &place.ring),
    };
    match (found, usable) {
        (Ok(texts), usable) => {
            let read = Copy { read: began, until: began + span, texts };
            let warning = keep(&shelf, place, &read, usable.err());
            Ok((read.texts, warning.into_iter().collect()))
        }
        (Err(error), Ok(copy)) if error.kind == StoreErrorKind::Unreachable => {
            let warning = told(&copy, clock::now(), &Failure::of_store(error));
            Ok((copy.texts, vec![warning]))
        }
        (Err(error), Err(why)) if error.kind == StoreErrorKind::Unreachable => Err(without(error, &why)),
        (Err(error), _) => Err(Failure::of_store(error)),
    }
}

/// What the store holds, again: no copy stands in, and the one that is kept for the next start is brought up.
#[cfg(unix)]
pub(crate) fn read_again(place: &Place) -> Result<Texts, Failure> {
    let began = clock::now();
    let texts = store::read(place)?;
    let url = store::url(&place.store)?;
    let Some(span) = place.offline.filter(|_| !url.kind().local) else { return Ok(texts) };
    let shelf = Shelf::of(&url, &place.ring);
    let kept = usable(shelf.look(), began, span);
    let read = Copy { read: began, until: began + span, texts };
    let is_fresh = |copy: &Copy| copy.texts == read.texts && began.since(copy.read).0 < span.0 / 10;
    if !kept.as_ref().is_ok_and(is_fresh) {
        // What hinders it was told when the ring was read first.
        let _ = keep(&shelf, place, &read, kept.err());
    }
    Ok(read.texts)
}

/// Leaves no copy of a ring, of which a key was cut off, on this machine. Says so where there was one, and where there may be
/// others.
pub(crate) fn forget(place: &Place, ring: RingId) -> Vec<String> {
    let all = std::iter::once(&place.store).chain(&place.mirrors);
    let remote = all.filter_map(|at| store::url(at).ok()).filter(|url| !url.kind().local);
    let said: Vec<String> = remote.flat_map(|url| forgotten(place, &url)).collect();
    let others = shelf::sweep(|copy| copy.ring() == Some(ring));
    let others =
        (others > 0).then(|| format!("removed {others} more copies of {} that were kept here", place.ring));
    said.into_iter().chain(others).collect()
}

/// Of a store that was named by hand nobody says whether a copy is wanted.
fn is_configured(place: &Place) -> bool {
    place.after_write.is_some() && place.wishes.store.is_none()
}

fn forgotten(place: &Place, url: &StoreUrl) -> Vec<String> {
    let (ring, shelf) = (&place.ring, Shelf::of(url, &place.ring));
    let here = match place.offline {
        Some(_) => shelf.forget(clock::now()),
        None => shelf.clear().map(|()| false),
    };
    let here = match here {
        Ok(true) => Some(format!("removed the copy of {ring} in {url} that was kept here")),
        Ok(false) => None,
        Err(error) => Some(format!("a copy of {ring} with the key that was cut off is left: {error}")),
    };
    let elsewhere = place.offline.map(|span| {
        let now = clock::now();
        format!(
            "until {} others who load {ring} from {url} may start with a copy that has the key: on other machines, as other \
             users; restart them after that",
            shown(now + span, now)
        )
    });
    here.into_iter().chain(elsewhere).collect()
}

fn left_over(error: FileError) -> String {
    format!("a copy of the ring is left from when `offline` allowed one: {error}")
}

/// Why no copy can be used.
#[derive(Debug)]
enum Unusable {
    /// There is none.
    Absent,
    /// What stands there is not to be believed, and not to be written over.
    Suspect(FileError),
    /// It is too old, or says that it comes from later than now.
    OfAnotherTime(String),
}

fn usable(kept: Result<Option<Copy>, FileError>, now: Timestamp, span: Span) -> Result<Copy, Unusable> {
    let copy = kept.map_err(Unusable::Suspect)?.filter(Copy::has_key).ok_or(Unusable::Absent)?;
    let age = now.since(copy.read);
    if copy.read > now + CLOCKS_DIFFER {
        return Err(Unusable::OfAnotherTime("was read at a time that is still to come".to_owned()));
    }
    if age > span {
        let why = format!("was read {age} ago, and `offline` allows none older than {span}");
        return Err(Unusable::OfAnotherTime(why));
    }
    Ok(copy)
}

/// Keeps what was read for the next time; what hinders it is a warning.
fn keep(shelf: &Shelf, place: &Place, read: &Copy, before: Option<Unusable>) -> Option<String> {
    let kept = match before {
        Some(Unusable::Suspect(error)) => Err(error),
        _ => shelf.keep(read),
    };
    let error = kept.err()?;
    Some(format!("no copy of {} is kept for when its store is away: {error}", place.ring))
}

/// What the user is told who starts with a copy.
fn told(copy: &Copy, now: Timestamp, failure: &Failure) -> String {
    let age = now.since(copy.read);
    format!("{}; a copy of the ring is used that was read {age} ago", failure.in_full())
}

/// The store's error, and why no copy stands in.
fn without(error: StoreError, why: &Unusable) -> Failure {
    let hint = error.hint.clone().map(|hint| format!("{hint}; ")).unwrap_or_default();
    let why = match why {
        Unusable::Absent => "no copy of the ring was kept on this machine".to_owned(),
        Unusable::Suspect(error) => format!("the copy on this machine is not used: {error}"),
        Unusable::OfAnotherTime(why) => format!("the copy on this machine {why}"),
    };
    Failure::of_store(error).hint(hint + &why)
}

/// Reads the store, and gives up after a while. The thread that still waits ends with this process.
fn within(patience: Duration, at: &Located, ring: &RingName) -> Result<Texts, StoreError> {
    let (tell, told) = channel();
    let (at, ring, url) = (at.clone(), ring.clone(), at.url.clone());
    thread::spawn(move || tell.send(store::texts(&at, &ring)));
    match told.recv_timeout(patience) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => {
            let sentence = format!("{url}: no answer came within {} s", patience.as_secs());
            Err(StoreError::new(StoreErrorKind::Unreachable, sentence))
        }
        Err(RecvTimeoutError::Disconnected) => {
            Err(StoreError::new(StoreErrorKind::Unreachable, format!("{url}: it could not be asked")))
        }
    }
}

/// A busy store is asked again for 6 s.
const PATIENCE: Duration = Duration::from_secs(8);

#[cfg(test)]
mod tests {
    use keybaton_core::SecretText;

    use super::*;

    fn copy(read: u64) -> Copy {
        let texts = Texts { signing: Some(SecretText::new("made-up")), ..Texts::default() };
        Copy { read: Timestamp(read), until: Timestamp(read), texts }
    }

    fn judged(read: u64, now: u64) -> Result<(), String> {
        match usable(Ok(Some(copy(read))), Timestamp(now), Span::days(1)) {
            Ok(_) => Ok(()),
            Err(Unusable::OfAnotherTime(why)) => Err(why),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_copy_is_used_until_it_is_too_old() {
        assert_eq!(judged(1_000_000, 1_000_000), Ok(()));
        assert_eq!(judged(1_000_000, 1_086_400), Ok(()));
        let why = "was read 1d 1s ago, and `offline` allows none older than 1d";
        assert_eq!(judged(1_000_000, 1_086_401), Err(why.to_owned()));
    }

    #[test]
    fn a_copy_from_the_future_would_never_be_too_old() {
        assert_eq!(judged(1_000_060, 1_000_000), Ok(()));
        assert_eq!(judged(1_000_061, 1_000_000), Err("was read at a time that is still to come".to_owned()));
    }

    #[test]
    fn a_store_that_says_nothing_is_given_up() {
        let at = Located { url: "dotenv:pipe".to_owned(), folder: tempfile::tempdir().unwrap().keep() };
        let pipe = at.folder.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let error = within(Duration::from_millis(50), &at, &RingName::default()).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unreachable);
        std::fs::remove_dir_all(&at.folder).unwrap();
    }
}
