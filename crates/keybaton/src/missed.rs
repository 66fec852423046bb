//! Mirrors that did not receive a write, and what to do about them.

use keybaton_core::{NotAMirror, RingName};
use keybaton_handover::{Missed, Reason};
use keybaton_stores::StoreErrorKind;

use crate::configuration::Place;
use crate::shell::quoted;
use crate::store;

/// Why, one mirror after another.
pub(crate) fn reasons(missed: &[Missed]) -> String {
    let each = missed.iter().map(|missed| format!("{}: {}", missed.url, missed.reason));
    each.collect::<Vec<_>>().join("; ")
}

/// What to do. A mirror that knows more than the store tells that the store was put back to an older state; one that is
/// not there yet can be made.
pub(crate) fn advice(place: &Place, missed: &[Missed], usual: &str) -> String {
    let find = |is: fn(&Reason) -> bool| missed.iter().find(|missed| is(&missed.reason));
    let (store, ring) = (store::typed_here(&place.store), ring(place));
    if let Some(ahead) = find(|why| matches!(why, Reason::NotAMirror(NotAMirror::Ahead(_)))) {
        return format!(
            "was the store restored from a copy? `keybaton copy {} {store}{ring}` takes the later ring back; if the \
             older one is right, empty the mirror",
            mirror(place, ahead)
        );
    }
    if let Some(missing) = find(is_missing) {
        return format!("`keybaton copy {store} {}{ring} --create` makes the mirror", mirror(place, missing));
    }
    usual.to_owned()
}

fn is_missing(why: &Reason) -> bool {
    matches!(why, Reason::Store(error) if error.kind == StoreErrorKind::Missing)
}

fn mirror(place: &Place, missed: &Missed) -> String {
    let mirror = place.mirrors.iter().find(|mirror| mirror.url == missed.url);
    mirror.map_or_else(|| quoted(&missed.url), store::typed_here)
}

/// What names the ring, where it is not the usual one.
fn ring(place: &Place) -> String {
    if place.ring == RingName::default() { String::new() } else { format!(" --ring {}", place.ring) }
}

#[cfg(test)]
mod tests {
    use keybaton_core::time::Span;
    use keybaton_stores::StoreError;

    use super::*;
    use crate::after_write::AfterWrite;
    use crate::configuration::{LONGEST_SIGNATURE, Located};

    #[test]
    fn a_mirror_that_is_not_there_yet_is_made_with_copy() {
        let at = |url: &str| Located { url: url.to_owned(), folder: "/srv/shop".into() };
        let place = Place {
            ring: "JWT_KEY".parse().unwrap(),
            environment: None,
            store: at("dotenv:.env"),
            mirrors: vec![at("awssm://shop?region=eu-west-1")],
            propagation: None,
            longest_signature: LONGEST_SIGNATURE,
            after_write: AfterWrite { commands: Vec::new(), timeout: Span(300), folder: "/srv/shop".into() },
        };
        let missing = StoreError::new(StoreErrorKind::Missing, "there is no such secret");
        let missed = [Missed { url: place.mirrors[0].url.clone(), reason: Reason::Store(missing) }];
        assert_eq!(
            advice(&place, &missed, "run it again"),
            "`keybaton copy dotenv:/srv/shop/.env 'awssm://shop?region=eu-west-1' --ring JWT_KEY --create` makes the mirror"
        );
    }
}
