//! Mirrors that did not receive a write, and what to do about them.

use keybaton_core::shell::quoted;
use keybaton_core::{NotAMirror, Ring};
use keybaton_handover::{Missed, Reason, look};
use keybaton_stores::{StoreError, StoreErrorKind};

use crate::configuration::Place;
use crate::copied::{one_is_wrong, over_unreadable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::store;
use crate::verdict::cannot_be_copied;

/// What a mirror that cannot be read keeps from going on, and what it does not.
pub(crate) const UNTIL_READ: &str =
    "until it can be read, no step goes on but abort, revoke and one with --force";

/// Whether one of them holds what the store does not know: the store was put back to an older state.
pub(crate) fn disagrees(missed: &[Missed]) -> bool {
    missed.iter().any(|missed| matches!(missed.reason, Reason::NotAMirror(_)))
}

/// Mirrors lack an earlier write, so no step may go on; none where none does.
pub(crate) fn behind(opened: &Opened, missed: &[Missed]) -> Option<Failure> {
    let what = "no step was taken, for it is not sure that the last write is in";
    let usual = "mend the cause and run it again, or take that mirror out of keybaton.toml";
    // Where a mirror disagrees, running it again mends nothing.
    let exit = if disagrees(missed) { Exit::Refused } else { Exit::PartlyWritten };
    (!missed.is_empty()).then(|| failure(opened, what, missed, usual).exiting(exit))
}

/// The same where nothing is written: mirrors that cannot be read would keep a step from being taken.
pub(crate) fn unread(opened: &Opened) -> Option<Failure> {
    let unread = opened.places.mirrors.iter().filter_map(|mirror| {
        let reason = Reason::Store(look(mirror).err()?);
        Some(Missed { url: mirror.url.clone(), reason })
    });
    behind(opened, &unread.collect::<Vec<_>>())
}

/// The store was written, and mirrors were not; none where each was.
pub(crate) fn partly(opened: &Opened, missed: &[Missed]) -> Option<Failure> {
    let again = opened.again("rotate --continue");
    let usual = format!("run `{again}`: it writes what is missing, and goes on");
    (!missed.is_empty()).then(|| failure(opened, "the store was written, but not", missed, &usual))
}

/// Mirrors hold what the store does not know.
pub(crate) fn disagree(opened: &Opened, sentence: String, missed: &[Missed]) -> Failure {
    let failure = Failure::new(Exit::Refused, sentence).because(reasons(missed));
    match advised(opened, missed) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// What to do about mirrors of which the usual remedy mends none.
pub(crate) fn advised(opened: &Opened, missed: &[Missed]) -> Option<String> {
    advice(&opened.place, missed, |ahead| takes_back(opened, ahead))
}

/// What to do about the mirrors that hold what the store does not know; nothing where there are none.
pub(crate) fn of_disagreeing(opened: &Opened, ring: &Ring) -> Option<String> {
    let seen = opened.places.mirrors_of(ring);
    advised(opened, &opened.disagreeing(ring, &seen))
}

/// The command that copies the ring to one of its mirrors.
pub(crate) fn copy_to(opened: &Opened, url: &str) -> String {
    let place = &opened.place;
    place.wishes.between(&format!("copy {} {}", store::typed_here(&place.store), typed(place, url)))
}

/// Whether the ring of a mirror can be copied over the store's.
fn takes_back(opened: &Opened, ahead: &Missed) -> bool {
    let mirror = opened.places.mirrors.iter().find(|mirror| mirror.url == ahead.url);
    match (mirror.map(look), look(&opened.places.store)) {
        (Some(Ok(mirror)), Ok(store)) => !cannot_be_copied(&mirror.reading, &store.reading),
        _ => false,
    }
}

fn failure(opened: &Opened, what: &str, missed: &[Missed], usual: &str) -> Failure {
    let urls = missed.iter().map(|missed| missed.url.as_str()).collect::<Vec<_>>().join(", ");
    Failure::new(Exit::PartlyWritten, format!("{}: {what} {urls}", opened.name()))
        .because(reasons(missed))
        .hint(
            advised(opened, missed)
                .unwrap_or_else(|| [own_hints(missed), vec![usual]].concat().join("; then ")),
        )
}

/// What the mirrors themselves say that mends them, each once.
fn own_hints(missed: &[Missed]) -> Vec<&str> {
    let mut hints = Vec::new();
    for missed in missed {
        if let Reason::Store(StoreError { hint: Some(hint), .. }) = &missed.reason
            && !hints.contains(&hint.as_str())
        {
            hints.push(hint);
        }
    }
    hints
}

/// Why, one mirror after another.
fn reasons(missed: &[Missed]) -> String {
    match missed {
        [only] => without_url(&only.url, &only.reason),
        several => {
            let why = |missed: &Missed| without_url(&missed.url, &missed.reason);
            let each = several.iter().map(|missed| format!("{}: {}", missed.url, why(missed)));
            each.collect::<Vec<_>>().join("; ")
        }
    }
}

/// What is said of a mirror that has been named.
pub(crate) fn without_url(url: &str, said: &impl ToString) -> String {
    let said = said.to_string();
    said.strip_prefix(url).and_then(|rest| rest.strip_prefix(": ")).map(str::to_owned).unwrap_or(said)
}

/// What to do. A mirror that knows more than the store tells that the store was put back to an older state; one that is
/// not there yet can be made.
fn advice(place: &Place, missed: &[Missed], takes_back: impl Fn(&Missed) -> bool) -> Option<String> {
    let find = |is: fn(&Reason) -> bool| missed.iter().find(|missed| is(&missed.reason));
    let store = store::typed_here(&place.store);
    let diff = |missed| place.wishes.between(&format!("diff {store} {}", mirror(place, missed)));
    if let Some(ahead) = find(|why| matches!(why, Reason::NotAMirror(NotAMirror::Ahead(_)))) {
        if !takes_back(ahead) {
            return Some(one_is_wrong(&diff(ahead)));
        }
        let copy = place.wishes.between(&format!("copy {} {store}", mirror(place, ahead)));
        return Some(format!(
            "was the store restored from a copy? `{copy}` takes the later ring back; if the older one is right, empty the \
             mirror"
        ));
    }
    if let Some(lost) = find(|why| matches!(why, Reason::NotAMirror(NotAMirror::Unreadable))) {
        let copy = place.wishes.between(&over_unreadable(&store, &mirror(place, lost)));
        return Some(format!(
            "is it a copy of this ring whose record was lost? `{copy}` writes over them; else take that mirror out of keybaton.toml"
        ));
    }
    if let Some(other) = find(|why| matches!(why, Reason::NotAMirror(_))) {
        return Some(format!(
            "`{}` shows both; empty the mirror if nothing needs what it holds, or take it out of keybaton.toml",
            diff(other)
        ));
    }
    let missing = find(is_missing)?;
    let copy = place.wishes.between(&format!("copy {store} {} --create", mirror(place, missing)));
    Some(format!("`{copy}` makes the mirror"))
}

fn is_missing(why: &Reason) -> bool {
    matches!(why, Reason::Store(error) if error.kind == StoreErrorKind::Missing)
}

fn mirror(place: &Place, missed: &Missed) -> String {
    typed(place, &missed.url)
}

fn typed(place: &Place, url: &str) -> String {
    let mirror = place.mirrors.iter().find(|mirror| mirror.url == url);
    mirror.map_or_else(|| quoted(url), store::typed_here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{Located, Wishes};

    #[test]
    fn a_mirror_that_is_not_there_yet_is_made_with_copy() {
        let at = |url: &str| Located { url: url.to_owned(), folder: "/srv/shop".into() };
        let place = Place {
            is_main: true,
            encrypts: false,
            ring: "JWT_KEY".parse().unwrap(),
            environment: None,
            store: at("dotenv:.env"),
            mirrors: vec![at("awssm://shop?region=eu-west-1")],
            propagation: None,
            longest_signature: None,
            longest_of_ring: None,
            offline: None,
            fleet: None,
            after_write: None,
            wishes: Wishes { ring: Some("JWT_KEY".to_owned()), ..Wishes::default() },
        };
        let missing = StoreError::new(StoreErrorKind::Missing, "there is no such secret");
        let missed = [Missed { url: place.mirrors[0].url.clone(), reason: Reason::Store(missing) }];
        assert_eq!(
            advice(&place, &missed, |_| true).unwrap(),
            "`keybaton copy dotenv:/srv/shop/.env 'awssm://shop?region=eu-west-1' --create --ring JWT_KEY` makes the mirror"
        );
    }
}
