//! What belongs to somebody else.

use std::sync::Arc;

use keybaton_core::Field;
use keybaton_stores::{Settings, StoreErrorKind, Version};

use crate::fixtures::FIXTURES;
use crate::support::{as_nobody, given, is_root, set_mode, writes};
use crate::world::{World, open_url, texts};

#[test]
fn what_may_not_be_read_is_denied() {
    for (number, fixture) in FIXTURES.iter().enumerate() {
        let Some(lock_up) = fixture.lock_up else { continue };
        let world = World::new();
        (fixture.plant)(&world, Field::Signing, b"planted");
        lock_up(&world);
        std::fs::write(world.path().join("which"), number.to_string()).unwrap();
        if is_root() {
            as_nobody("denied::case_denied", world.path());
        } else {
            must_be_denied(world.path(), fixture.url);
        }
        // So that the folder can be removed.
        let _ = std::fs::metadata(world.path().join("secrets"))
            .map(|_| set_mode(&world.path().join("secrets"), 0o700));
    }
}

#[test]
#[ignore = "run by what_may_not_be_read_is_denied"]
fn case_denied() {
    let (folder, _) = given();
    let number: usize = std::fs::read_to_string(folder.join("which")).unwrap().parse().unwrap();
    must_be_denied(&folder, FIXTURES[number].url);
}

fn must_be_denied(folder: &std::path::Path, url: &str) {
    let store = open_url(url, &Settings { base: folder, environment: Arc::new(|_| None) });
    let error = store.read().unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Denied, "{url}: {error}");
    assert!(error.sentence.ends_with(": permission denied"), "{error}");
    assert!(error.hint.is_some());
    for over in [Version::Absent, Version::Is("made-up".into())] {
        let error = store.write(&writes(&texts("a", "a", "cmVj")), &over).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Denied, "{url}: {error}");
    }
}
