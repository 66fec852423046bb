//! From nothing to a ring, and on.

use std::fs;

use keybaton_core::{Field, SecretText, Texts};
use keybaton_stores::{Held, StoreErrorKind, Version};

use crate::fixtures::FIXTURES;
use crate::support::writes;
use crate::world::{World, read, texts, writable};

#[test]
fn nothing_is_absent_whatever_stands_around_it() {
    for fixture in FIXTURES {
        let world = World::new();
        assert!(matches!(world.open(fixture).read().unwrap(), Held::Absent));
        (fixture.surround)(&world);
        assert!(matches!(world.open(fixture).read().unwrap(), Held::Absent), "{}", fixture.url);
    }
}

#[test]
fn a_key_that_somebody_put_there_is_read_as_it_is() {
    for fixture in FIXTURES {
        let world = World::new();
        (fixture.surround)(&world);
        (fixture.plant)(&world, Field::Signing, b"made-up");
        let (held, version) = read(&*world.open(fixture));
        let bare = Texts { signing: Some(SecretText::new("made-up")), ..Texts::default() };
        assert_eq!(held, bare);
        assert_ne!(version, Version::Absent);
    }
}

#[test]
fn what_is_written_is_read_back_under_the_version_that_was_told() {
    for fixture in writable() {
        let world = World::new();
        let store = world.open(fixture);
        let mut over = Version::Absent;
        for new in [texts("a", "a", "cmVj"), texts("a", "b,a", "cmVjMg"), texts("b", "b,a", "cmVjMw")] {
            let written = store.write(&writes(&new), &over).unwrap();
            assert_eq!(written.notes, []);
            let (held, version) = read(&*world.open(fixture));
            assert_eq!((&held, &version), (&new, &written.version), "{}", fixture.url);
            over = version;
        }
    }
}

#[test]
fn a_bare_key_becomes_a_ring() {
    for fixture in writable() {
        let world = World::new();
        (fixture.plant)(&world, Field::Signing, b"made-up");
        let store = world.open(fixture);
        let (_, version) = read(&*store);
        let new = texts("made-up", "made-up", "cmVj");
        store.write(&writes(&new), &version).unwrap();
        assert_eq!(read(&*store).0, new);
    }
}

#[test]
fn an_old_version_is_a_conflict_and_nothing_is_written() {
    for fixture in writable() {
        let world = World::new();
        let store = world.open(fixture);
        let first = store.write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap().version;
        let now = texts("b", "b", "cmVj");
        store.write(&writes(&now), &first).unwrap();
        for over in [first, Version::Absent, Version::Is("made-up".into())] {
            let error = store.write(&writes(&texts("c", "c", "cmVj")), &over).unwrap_err();
            assert_eq!(error.kind, StoreErrorKind::Conflict);
            assert!(error.sentence.ends_with(" was changed by another program meanwhile"), "{error}");
            assert_eq!(error.hint.as_deref(), Some("nothing was written; run it again"));
            assert_eq!(read(&*store).0, now);
        }
    }
}

#[test]
fn a_ring_that_has_gone_is_a_conflict_too() {
    for fixture in writable() {
        let version = {
            let world = World::new();
            let new = texts("a", "a", "cmVj");
            world.open(fixture).write(&writes(&new), &Version::Absent).unwrap().version
        };
        let empty = World::new();
        (fixture.surround)(&empty);
        let error = empty.open(fixture).write(&writes(&texts("b", "b", "cmVj")), &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Conflict);
        assert_eq!(read(&*empty.open(fixture)).0, Texts::default());
    }
}

#[test]
fn everything_else_stays_byte_for_byte() {
    for fixture in writable() {
        let world = World::new();
        (fixture.surround)(&world);
        let before = (fixture.surroundings)(&world);
        assert!(!before.is_empty());
        let store = world.open(fixture);
        let mut over = Version::Absent;
        for new in [texts("a", "a", "cmVj"), texts("b'\"", "b'\",a", "cmVjMg")] {
            over = store.write(&writes(&new), &over).unwrap().version;
            assert_eq!(
                String::from_utf8_lossy(&(fixture.surroundings)(&world)),
                String::from_utf8_lossy(&before)
            );
        }
    }
}

#[test]
fn what_only_can_be_read_says_so() {
    for fixture in FIXTURES.iter().filter(|fixture| writable().all(|other| other.url != fixture.url)) {
        let world = World::new();
        let error =
            world.open(fixture).write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unsupported);
        assert!(error.hint.is_some());
    }
}

#[test]
fn nothing_but_the_ring_is_left_in_the_folder() {
    for (fixture, names) in
        writable().zip([&[".env"][..], &["secrets"], &["key.txt", "key.txt.fallbacks", "key.txt.ring"]])
    {
        let world = World::new();
        world.open(fixture).write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap();
        let entries = fs::read_dir(world.path()).unwrap();
        let mut left: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, names);
    }
}
