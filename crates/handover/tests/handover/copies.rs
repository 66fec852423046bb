//! Copies into other stores, whole and cut short.

use std::fs;

use keybaton_core::time::Timestamp;
use keybaton_core::{Bare, Change, Field, NotAMirror, Reading, Revision, SecretText, Writes};
use keybaton_handover::{Copied, Copying, HandoverError, Original, Place, copy, look};

use crate::ground::{Ground, change, place, ring};

fn copied(ground: &Ground, from: Original, to: &Place) -> Result<Copied, HandoverError> {
    let at = look(to).unwrap();
    ground.act(|world| copy(from, to, at, world))
}

fn original(ground: &Ground) -> Original {
    Original::Ring(Box::new(ground.ring()))
}

/// The first so many texts of a write, as a kill leaves them.
fn cut_short(ground: &Ground, writes: &Writes, steps: usize) {
    fs::create_dir_all(ground.path("there")).unwrap();
    for step in &writes.steps[..steps] {
        let name = match step.field {
            Field::Signing => "SECRET_KEY",
            Field::Fallbacks => "SECRET_KEY_FALLBACKS",
            Field::Record => "SECRET_KEY_RING",
        };
        fs::write(ground.path("there").join(name), step.text.expose()).unwrap();
    }
}

#[test]
fn a_copy_that_was_cut_short_anywhere_is_finished_by_the_next() {
    for steps in 0..=4 {
        let ground = Ground::settled(&["dotenv:.env"]);
        let to = place("dir:there", ground.folder.path());
        let writes = ground.ring().mirror_over(&Reading::Absent, Timestamp(1_000)).unwrap();
        cut_short(&ground, &writes, steps);
        copied(&ground, original(&ground), &to).unwrap();
        assert_eq!(ring(&to).head.write, ground.ring().head.write, "after {steps} texts");
        assert_eq!(copied(&ground, original(&ground), &to).unwrap().did, Copying::Nothing);
    }
}

#[test]
fn an_update_that_was_cut_short_anywhere_is_finished_by_the_next() {
    for steps in 1..=3 {
        let ground = Ground::settled(&["dotenv:.env"]);
        let to = place("dir:there", ground.folder.path());
        copied(&ground, original(&ground), &to).unwrap();
        ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
        let writes = ground.ring().mirror_over(&look(&to).unwrap().reading, Timestamp(1_000)).unwrap();
        cut_short(&ground, &writes, steps);
        copied(&ground, original(&ground), &to).unwrap();
        assert_eq!(ring(&to).head.write, ground.ring().head.write, "after {steps} texts");
    }
}

#[test]
fn a_bare_key_that_was_half_taken_in_is_taken_in_by_the_next() {
    let ground = Ground::empty(&["dir:there"]);
    let to = &ground.places.store;
    let key = || Original::Keys(Bare { signing: SecretText::new("made-up-key"), fallbacks: Vec::new() });
    let ring_of = |copied: Copied| copied.ring.head.id;
    let id = ring_of(copied(&ground, key(), to).unwrap());
    // A later write of the ring was cut short after its first text.
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).unwrap();
    let mut stamp = keybaton_core::Stamp {
        now: Timestamp(2_000),
        floor: Revision::default(),
        reason: None,
        random: &mut random,
    };
    let (_, writes) = ground.ring().change(Change::Stage, &mut stamp).unwrap();
    cut_short(&ground, &writes, 1);
    let again = copied(&ground, key(), to).unwrap();
    assert_eq!((again.did, again.ring.head.id), (Copying::Nothing, id));
    assert!(matches!(look(to).unwrap().reading, Reading::Whole(_)));
}

#[test]
fn a_bare_key_is_taken_over_only_where_the_ring_knows_each_key_beside_it() {
    let ground = Ground::settled(&["dotenv:.env"]);
    let to = place("dir:there", ground.folder.path());
    let key = ground.ring().signing.secret.duplicate();
    fs::create_dir(ground.path("there")).unwrap();
    fs::write(ground.path("there/SECRET_KEY"), key.expose()).unwrap();
    let list = format!("{},made-up-key", key.expose());
    fs::write(ground.path("there/SECRET_KEY_FALLBACKS"), &list).unwrap();
    let refused = copied(&ground, original(&ground), &to).unwrap_err();
    assert!(matches!(refused, HandoverError::NotACopy(NotAMirror::UnknownKeys)), "{refused:?}");
    assert_eq!(fs::read_to_string(ground.path("there/SECRET_KEY_FALLBACKS")).unwrap(), list);
    fs::write(ground.path("there/SECRET_KEY_FALLBACKS"), key.expose()).unwrap();
    assert_eq!(copied(&ground, original(&ground), &to).unwrap().did, Copying::TakeOver);
    assert_eq!(ring(&to).head.write, ground.ring().head.write);
}

#[test]
fn what_a_copy_brings_up_has_to_be_followed_before_the_next_step() {
    let ground = Ground::settled(&["dotenv:.env"]);
    let to = place("dir:there", ground.folder.path());
    copied(&ground, original(&ground), &to).unwrap();
    assert!(!ring(&to).head.is_follow_due(), "nobody has loaded what was not there");
    let bare = place("dir:bare", ground.folder.path());
    fs::create_dir(ground.path("bare")).unwrap();
    fs::write(ground.path("bare/SECRET_KEY"), ground.ring().signing.secret.expose()).unwrap();
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    copied(&ground, original(&ground), &to).unwrap();
    assert!(ring(&to).head.is_follow_due());
    assert_eq!(ring(&to).head.write, ground.ring().head.write);
    assert_eq!(copied(&ground, original(&ground), &bare).unwrap().did, Copying::TakeOver);
    assert!(ring(&bare).head.is_follow_due(), "the staged key is news there");
}

#[test]
fn what_was_written_there_after_the_look_is_kept() {
    let ground = Ground::settled(&["dotenv:.env"]);
    let to = place("file:key.txt", ground.folder.path());
    let at = look(&to).unwrap();
    fs::write(ground.path("key.txt"), "made-up-key").unwrap();
    let error = ground.act(|world| copy(original(&ground), &to, at, world)).unwrap_err();
    let HandoverError::Store(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind, keybaton_stores::StoreErrorKind::Conflict);
    assert_eq!(fs::read_to_string(ground.path("key.txt")).unwrap(), "made-up-key");
}
