//! Texts that other programs would trip over, and content that is no text.

use keybaton_core::Field;
use keybaton_stores::{StoreErrorKind, Version};

use crate::fixtures::Planted;
use crate::support::writes;
use crate::world::{World, read, tested, texts, writable};

#[test]
fn a_strange_text_comes_back_as_it_was_or_is_refused_as_such() {
    for fixture in writable() {
        for text in STRANGE {
            let world = World::new();
            fixture.outside.surround(&world);
            let store = world.open(fixture);
            let first = store.write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap().version;
            let new = texts(text, text, "cmVj");
            match store.write(&writes(&new), &first) {
                Ok(_) => assert_eq!(read(&*store).0, new, "{} {text:?}", fixture.template),
                Err(error) => {
                    assert_eq!(
                        (error.kind, text.contains("${") || text.is_empty()),
                        (StoreErrorKind::Unsupported, true),
                        "{text:?}"
                    );
                    assert_eq!(read(&*store), (texts("a", "a", "cmVj"), first));
                }
            }
        }
    }
}

#[test]
fn a_strange_text_can_be_the_first() {
    for fixture in writable() {
        for text in STRANGE.iter().filter(|text| !text.contains("${")) {
            let world = World::new();
            let new = texts(text, text, "cmVj");
            match world.open(fixture).write(&writes(&new), &Version::Absent) {
                Ok(_) => assert_eq!(read(&*world.open(fixture)).0, new, "{} {text:?}", fixture.template),
                Err(error) => {
                    assert_eq!((error.kind, *text), (StoreErrorKind::Unsupported, ""));
                    assert_eq!(read(&*world.open(fixture)).1, Version::Absent);
                }
            }
        }
    }
}

#[test]
fn what_is_no_text_is_refused_without_being_shown_or_touched() {
    for fixture in tested() {
        for field in Field::ALL {
            let world = World::new();
            if fixture.outside.plant(&world, field, b"planted\xff\xfe") == Planted::Impossible {
                continue;
            }
            let before = fixture.outside.surroundings(&world);
            let store = world.open(fixture);
            let error = store.read().unwrap_err();
            assert_eq!(error.kind, StoreErrorKind::Malformed);
            assert!(error.sentence.contains(" is not UTF-8 text (see byte "), "{error}");
            assert!(!error.sentence.contains("planted"));
            for over in [Version::Absent, Version::Is("made-up".into())] {
                store.write(&writes(&texts("a", "a", "cmVj")), &over).unwrap_err();
            }
            assert_eq!(fixture.outside.surroundings(&world), before);
            assert_eq!(store.read().unwrap_err().to_string(), error.to_string());
        }
    }
}

#[test]
fn a_nul_is_refused() {
    // An environment cannot hold one.
    for fixture in writable() {
        for field in Field::ALL {
            let world = World::new();
            if fixture.outside.plant(&world, field, b"planted\0") == Planted::Impossible {
                continue;
            }
            let error = world.open(fixture).read().unwrap_err();
            assert_eq!(error.kind, StoreErrorKind::Malformed);
            assert!(error.sentence.ends_with(" holds a NUL, which no key can hold"), "{error}");
            assert!(!error.sentence.contains("planted"));
        }
    }
}

const STRANGE: [&str; 18] = [
    "$(touch made-up)",
    "`touch made-up`",
    "a$b",
    "${HOME}",
    "'single' and \"double\"",
    "it's",
    "\\n\\t\\",
    "#not-a-comment",
    "a #b",
    " spaces around ",
    "a,b,,c",
    "[\"a\",\"b,c\"]",
    "{\"a\": 1}",
    "a=b&c;d|e>f%g!h*",
    "two\nlines",
    "ends\n",
    "žluťoučký 🔑",
    "",
];
