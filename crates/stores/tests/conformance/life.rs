//! From nothing to a ring, and on.

use std::fs;

use keybaton_core::{Field, SecretText, Texts};
use keybaton_stores::{Guard, Held, StoreErrorKind, Version};

use crate::fixtures::{Fixture, variable};
use crate::support::writes;
use crate::world::{World, read, tested, texts, writable};

#[test]
fn nothing_is_absent_whatever_stands_around_it() {
    for fixture in tested() {
        let world = World::new();
        assert!(matches!(world.open(fixture).read().unwrap(), Held::Absent));
        fixture.outside.surround(&world);
        assert!(matches!(world.open(fixture).read().unwrap(), Held::Absent), "{}", fixture.template);
    }
}

#[test]
fn a_key_that_somebody_put_there_is_read_as_it_is() {
    for fixture in tested() {
        let world = World::new();
        fixture.outside.surround(&world);
        fixture.outside.plant(&world, Field::Signing, b"made-up");
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
        // Long enough that no store has to say what it cannot do for them.
        let (a, b) = ("made-up-a", "made-up-b");
        let both = format!("{b},{a}");
        for new in [texts(a, a, "cmVj"), texts(a, &both, "cmVjMg"), texts(b, &both, "cmVjMw")] {
            let written = store.write(&writes(&new), &over).unwrap();
            assert_eq!(written.notes, []);
            let (held, version) = read(&*world.open(fixture));
            assert_eq!((&held, &version), (&new, &written.version), "{}", fixture.template);
            over = version;
        }
    }
}

#[test]
fn programs_that_know_nothing_of_keybaton_read_the_three_texts() {
    for fixture in writable() {
        let world = World::new();
        (fixture.outside).surround(&world);
        let new = texts("b", "b,a", "cmVj");
        world.open(fixture).write(&writes(&new), &Version::Absent).unwrap();
        let Some(found) = fixture.outside.texts(&world) else { continue };
        let expected = Field::ALL.map(|field| (variable(field), new.get(field).unwrap().to_owned()));
        assert_eq!(found, expected.into(), "{}", fixture.template);
    }
}

#[test]
fn a_bare_key_becomes_a_ring() {
    for fixture in writable() {
        let world = World::new();
        fixture.outside.plant(&world, Field::Signing, b"made-up");
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
        let world = World::new();
        fixture.outside.surround(&world);
        let store = world.open(fixture);
        let version = store.write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap().version;
        fixture.outside.take_out(&world);
        let error = store.write(&writes(&texts("b", "b", "cmVj")), &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Conflict);
        assert_eq!(read(&*world.open(fixture)).0, Texts::default());
    }
}

#[test]
fn everything_else_stays_byte_for_byte() {
    for fixture in writable() {
        let world = World::new();
        fixture.outside.surround(&world);
        let before = fixture.outside.surroundings(&world);
        assert!(!before.is_empty());
        let store = world.open(fixture);
        let mut over = Version::Absent;
        for new in [texts("a", "a", "cmVj"), texts("b'\"", "b'\",a", "cmVjMg")] {
            over = store.write(&writes(&new), &over).unwrap().version;
            assert_eq!(
                String::from_utf8_lossy(&fixture.outside.surroundings(&world)),
                String::from_utf8_lossy(&before)
            );
        }
    }
}

#[test]
fn what_somebody_gave_a_bare_key_beside_its_text_stays() {
    for fixture in writable() {
        let world = World::new();
        fixture.outside.surround(&world);
        fixture.outside.plant(&world, Field::Signing, b"made-up");
        let before = fixture.outside.surroundings(&world);
        let store = world.open(fixture);
        let mut over = read(&*store).1;
        for new in [texts("made-up", "made-up", "cmVj"), texts("made-up", "b,made-up", "cmVjMg")] {
            over = store.write(&writes(&new), &over).unwrap().version;
        }
        assert_eq!(
            String::from_utf8_lossy(&fixture.outside.surroundings(&world)),
            String::from_utf8_lossy(&before),
            "{}",
            fixture.template
        );
    }
}

#[test]
fn what_only_can_be_read_says_so() {
    let is_writable = |fixture: &Fixture| fixture.kind().can.guard != Guard::ReadOnly;
    for fixture in tested().filter(|fixture| !is_writable(fixture)) {
        let world = World::new();
        let error =
            world.open(fixture).write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unsupported);
        assert!(error.hint.is_some());
    }
}

#[test]
fn nothing_but_the_ring_is_left_in_the_folder() {
    for fixture in writable().filter(|fixture| fixture.kind().local) {
        let names = match fixture.scheme() {
            "dotenv" => &[".env"][..],
            "file" => &["key.txt", "key.txt.fallbacks", "key.txt.ring"],
            "keychain" => &[],
            _ => &["secrets"],
        };
        let world = World::new();
        world.open(fixture).write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap();
        let entries = fs::read_dir(world.path()).unwrap();
        let mut left: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, names);
    }
}
