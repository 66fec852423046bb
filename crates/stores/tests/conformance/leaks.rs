//! A planted key stands in no error, and in nothing that is printed for debugging.

use std::error::Error;

use keybaton_core::Field;
use keybaton_stores::{StoreError, Version};

use crate::fixtures::Fixture;
use crate::support::writes;
use crate::world::{World, tested, texts};

#[test]
fn a_planted_key_is_nowhere_to_be_seen() {
    for fixture in tested() {
        let seen = [in_order(fixture), not_text(fixture), with_nul(fixture), unclosed(fixture)].concat();
        assert!(!seen.contains(PLANTED), "{}: {seen}", fixture.template);
        // So that this test sees something at all.
        assert!(seen.contains("Version::") && seen.contains("hint: Some"), "{seen}");
    }
}

fn in_order(fixture: &Fixture) -> String {
    let world = World::new();
    fixture.outside.plant(&world, Field::Signing, PLANTED.as_bytes());
    let store = world.open(fixture);
    let mut seen = format!("{store:?} {:?}", store.read().unwrap());
    let new = writes(&texts(PLANTED, &format!("{PLANTED},{PLANTED}${{X}}\0"), "cmVj"));
    let (_, version) = crate::world::read(&*store);
    for over in [Version::Absent, Version::Is("made-up".into()), version] {
        seen += &match store.write(&new, &over) {
            Ok(written) => format!("{written:?}"),
            Err(error) => all_of(&error),
        };
    }
    seen + &format!("{new:?} {:?}", store.read().map_err(|error| all_of(&error)))
}

fn not_text(fixture: &Fixture) -> String {
    broken(fixture, &[PLANTED.as_bytes(), b"\xff"].concat())
}

fn with_nul(fixture: &Fixture) -> String {
    broken(fixture, &[PLANTED.as_bytes(), b"\0"].concat())
}

/// In a .env file, a quote that is never closed.
fn unclosed(fixture: &Fixture) -> String {
    broken(fixture, &[b"'", PLANTED.as_bytes()].concat())
}

fn broken(fixture: &Fixture, bytes: &[u8]) -> String {
    let world = World::new();
    let mut seen = String::new();
    for field in Field::ALL {
        fixture.outside.plant(&world, field, bytes);
        let store = world.open(fixture);
        seen += &match store.read() {
            // The record is no secret; everything else must not be seen.
            Ok(_) => String::new(),
            Err(error) => all_of(&error),
        };
        for text in ["a", "it's"] {
            let outcome = store.write(&writes(&texts(text, text, "cmVj")), &Version::Absent);
            seen += &outcome.map_or_else(|error| all_of(&error), |written| format!("{written:?}"));
        }
    }
    seen
}

/// Every face of an error, its causes too.
fn all_of(error: &StoreError) -> String {
    let mut seen = format!("{error} {error:?} {:?}", error.hint);
    let mut cause = error.source();
    while let Some(error) = cause {
        seen += &format!(" {error} {error:?}");
        cause = error.source();
    }
    seen
}

const PLANTED: &str = "made-up-4a91c7e0d2";
