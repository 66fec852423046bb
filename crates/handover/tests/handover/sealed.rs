//! Mirrors that give their keys to nobody.

use std::fmt;
use std::fs;
use std::sync::{Arc, Mutex};

use keybaton_core::time::Timestamp;
use keybaton_core::{Change, Goal, Next, NotAMirror, Reading, Unseen, Writes};
use keybaton_handover::{
    Copied, Copying, HandoverError, Look, Original, Reason, advance, copy, look, standing,
};
use keybaton_stores::{Held, Store, StoreError, Version, Written};

use crate::ground::{Ground, POLICY, change, place};

/// A folder of which only the record is shown.
struct Sealed {
    store: Box<dyn Store>,
    keys: Arc<Mutex<Unseen>>,
}

impl Store for Sealed {
    fn read(&self) -> Result<Held, StoreError> {
        Ok(match self.store.read()? {
            Held::Texts(texts, version) => {
                Held::Sealed { record: texts.record, keys: *self.keys.lock().unwrap(), version }
            }
            held => held,
        })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        *self.keys.lock().unwrap() = Unseen::AsRecorded;
        self.store.write(new, over)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, sealed", self.store)
    }
}

/// A ring in a file, and a mirror of which nobody can read the keys.
fn begin() -> (Ground, Arc<Mutex<Unseen>>) {
    let mut ground = Ground::settled(&["dotenv:.env"]);
    let mut mirror = place("dir:mirror", ground.folder.path());
    let keys = Arc::new(Mutex::new(Unseen::AsRecorded));
    mirror.store = Box::new(Sealed { store: mirror.store, keys: Arc::clone(&keys) });
    ground.places.mirrors.push(mirror);
    ground.act(|world| standing(&ground.places, world)).unwrap();
    (ground, keys)
}

fn has_the_same(ground: &Ground) -> bool {
    let (ring, text) =
        (ground.ring(), |name: &str| fs::read_to_string(ground.path("mirror").join(name)).unwrap());
    let accepted: Vec<_> = ring.accepted().iter().map(|key| key.secret.expose().to_owned()).collect();
    text("SECRET_KEY") == ring.signing.secret.expose() && text("SECRET_KEY_FALLBACKS") == accepted.join(",")
}

#[test]
fn it_gets_each_write_and_its_record_tells_that_it_did() {
    let (ground, _) = begin();
    let goal = Goal::Replace(ground.ring().signing.facts.id);
    for now in [1_000, 2_000, 3_000] {
        ground.now.set(now);
        let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
        assert!(turn.did.is_some() && turn.standing.missed.is_empty(), "{turn:?}");
        assert!(has_the_same(&ground));
        assert!(ground.places.mirrors_of(&ground.ring())[0].has(&ground.ring()));
    }
}

#[test]
fn one_that_is_behind_is_brought_up_and_a_step_waits_for_it() {
    let (ground, _) = begin();
    let kept = fs::read_to_string(ground.path("mirror/SECRET_KEY_RING")).unwrap();
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    fs::write(ground.path("mirror/SECRET_KEY_RING"), kept).unwrap();
    assert!(!ground.places.mirrors_of(&ground.ring())[0].has(&ground.ring()));
    let caught_up = ground.act(|world| standing(&ground.places, world)).unwrap();
    assert!(caught_up.caught_up && has_the_same(&ground));
}

#[test]
fn a_write_that_was_cut_short_is_finished() {
    let (ground, _) = begin();
    let before = ground.ring();
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    let writes = ground.ring().mirror_over(&Reading::Whole(before), Timestamp(2_000)).unwrap();
    fs::write(ground.path("mirror/SECRET_KEY_RING"), writes.steps[0].text.expose()).unwrap();
    fs::write(ground.path("mirror/SECRET_KEY_FALLBACKS"), "half").unwrap();
    assert!(!ground.places.mirrors_of(&ground.ring())[0].has(&ground.ring()));
    assert!(ground.act(|world| standing(&ground.places, world)).unwrap().caught_up && has_the_same(&ground));
}

#[test]
fn a_key_that_is_gone_is_written_anew() {
    let (ground, unseen) = begin();
    fs::write(ground.path("mirror/SECRET_KEY"), "gone").unwrap();
    *unseen.lock().unwrap() = Unseen::Missing;
    assert!(!ground.places.mirrors_of(&ground.ring())[0].has(&ground.ring()));
    assert!(ground.act(|world| standing(&ground.places, world)).unwrap().caught_up && has_the_same(&ground));
}

#[test]
fn a_key_that_somebody_else_wrote_is_told_written_anew_and_keeps_no_step_waiting() {
    let (ground, unseen) = begin();
    fs::write(ground.path("mirror/SECRET_KEY"), "made-up").unwrap();
    *unseen.lock().unwrap() = Unseen::WrittenSince;
    let seen = ground.places.mirrors_of(&ground.ring())[0];
    assert!(seen.has(&ground.ring()) && seen.written_since);
    let goal = Goal::Replace(ground.ring().signing.facts.id);
    let turn = ground.act(|world| advance(&ground.places, goal, &POLICY, None, world)).unwrap();
    assert_eq!(turn.did, Some(Change::Stage));
    assert!(matches!(turn.then, Next::WaitUntil(_)) && has_the_same(&ground));
    *unseen.lock().unwrap() = Unseen::WrittenSince;
    assert!(ground.act(|world| standing(&ground.places, world)).unwrap().caught_up);
}

#[test]
fn keys_without_a_record_and_a_record_of_another_ring_are_not_written_over() {
    let (ground, _) = begin();
    let other = Ground::settled(&["dotenv:.env"]);
    let record = other.ring().texts().record.unwrap();
    for (record, is_expected) in [
        (None, (|not| matches!(not, NotAMirror::Unreadable)) as fn(&NotAMirror) -> bool),
        (Some("made by hand".to_owned()), |not| matches!(not, NotAMirror::Unreadable)),
        (Some(record), |not| matches!(not, NotAMirror::AnotherRing(_))),
    ] {
        let file = ground.path("mirror/SECRET_KEY_RING");
        match record {
            Some(record) => fs::write(file, record).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
        let before = ground.act(|world| standing(&ground.places, world)).unwrap();
        let Reason::NotAMirror(not) = &before.missed[0].reason else { panic!("{before:?}") };
        assert!(is_expected(not), "{not}");
        fs::write(ground.path("mirror/SECRET_KEY_RING"), ground.ring().texts().record.unwrap()).unwrap();
    }
}

#[test]
fn a_ring_is_copied_there_and_a_bare_key_is_not() {
    let (ground, _) = begin();
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    let to = &ground.places.mirrors[0];
    let copied = |from: Original| {
        let at = look(to).unwrap();
        ground.act(|world| copy(from, to, at, world))
    };
    let Copied { did, .. } = copied(Original::Ring(Box::new(ground.ring()))).unwrap();
    assert_eq!(did, Copying::Nothing);
    let Look { reading, .. } = look(&place("dir:mirror", ground.folder.path())).unwrap();
    let Reading::Whole(ring) = reading else { panic!("{reading:?}") };
    let bare = keybaton_core::Bare { signing: ring.signing.secret, fallbacks: Vec::new() };
    let error = copied(Original::Keys(bare)).unwrap_err();
    assert!(matches!(error, HandoverError::NotACopy(NotAMirror::Unreadable)), "{error}");
}

#[test]
fn no_ring_lives_there() {
    let (mut ground, _) = begin();
    ground.places.store = ground.places.mirrors.remove(0);
    let error = ground.act(|world| standing(&ground.places, world)).unwrap_err();
    assert_eq!(error.to_string(), "its keys cannot be read back, so no ring can live there");
}
