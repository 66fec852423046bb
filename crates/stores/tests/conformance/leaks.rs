//! A planted key stands in no error, and in nothing that is printed for debugging.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use keybaton_core::{Field, RingName};
use keybaton_stores::{STORES, Settings, StoreError, StoreErrorKind, StoreUrl, Version, open};

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

#[test]
fn what_may_be_a_password_in_a_url_is_in_no_error() {
    for kind in STORES {
        let more = if kind.local { &[] } else { IN_AN_ADDRESS };
        for form in IN_ANY_URL.iter().chain(more) {
            let url = form.replace("{scheme}", kind.scheme).replace("{secret}", PLANTED);
            let seen = all_of(&refused(&url).unwrap_or_else(|| panic!("{form} opens {}", kind.scheme)));
            assert!(!seen.contains(PLANTED), "{form}: {seen}");
            assert!(seen.contains(kind.scheme), "{form}: {seen}");
        }
    }
}

#[test]
fn a_parameter_that_there_is_not_is_named_where_it_looks_like_one() {
    for (url, sentence, hint) in [
        (
            "vault://a/b?version=3",
            "the vault: URL has a parameter version, which there is not",
            "there is none",
        ),
        (
            "akv://a/b?suffix_=x.y",
            "the akv: URL has a parameter suffix_, which there is not",
            "did you mean suffix?",
        ),
        (
            "k8s://a/b?A1b2=3",
            "the k8s: URL has a parameter that there is not",
            "write for example k8s://shop/django",
        ),
    ] {
        if STORES.iter().any(|kind| url.starts_with(&format!("{}:", kind.scheme))) {
            let error = refused(url).unwrap();
            assert_eq!((error.sentence.as_str(), error.hint.as_deref()), (sentence, Some(hint)));
        }
    }
}

#[test]
fn a_name_that_leads_elsewhere_is_refused_however_it_is_escaped() {
    for kind in STORES.iter().filter(|kind| !kind.local) {
        let (example, _) = kind.example.split_once('?').unwrap_or((kind.example, ""));
        for end in ["/%2e%2e", "/%2E%2e%2fx", "%2f..", "%2F%2e%2e/x", "%", "%zz", "%00", "%ff"] {
            let error = refused(&format!("{example}{end}")).unwrap_or_else(|| panic!("{example}{end} opens"));
            assert_eq!((error.kind, error.hint.is_some()), (StoreErrorKind::Malformed, true), "{error}");
        }
    }
}

/// The error of a URL that cannot be parsed or opened.
fn refused(url: &str) -> Option<StoreError> {
    let settings = Settings::new(Path::new("."), Arc::new(|_| None));
    StoreUrl::parse(url).and_then(|url| open(&url, &RingName::default(), &settings)).err()
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

const IN_ANY_URL: &[&str] = &[
    "{scheme}:joe:{secret}?x@host",
    "{scheme}://joe:{secret}?x@host/y",
    "{scheme}:joe:{secret}@host",
    "{scheme}://joe:{secret}@host/x",
    "{scheme}://joe:{secret}/x@host/y",
    "{scheme}://x/y?token={secret}",
    "{scheme}:x?secret={secret}",
];
const IN_AN_ADDRESS: &[&str] = &[
    "{scheme}:{secret}",
    "{scheme}:/joe:{secret}@host/x",
    "{scheme}:///joe:{secret}@host/x",
    "{scheme}://x/y?{secret}",
    "{scheme}://x/y?{secret}&region=x",
    "{scheme}://x/y?{secret}=1",
    "{scheme}://x/y?%74oken={secret}",
    "{scheme}://x\\y/{secret}",
    "{scheme}://x/%/{secret}",
];

const PLANTED: &str = "made-up-4a91c7e0d2";
