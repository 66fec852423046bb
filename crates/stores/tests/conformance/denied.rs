//! What belongs to somebody else.

use keybaton_core::Field;
use keybaton_stores::{StoreErrorKind, Version};

use crate::fixtures::Locked;
use crate::support::{as_nobody, as_whoever_has, given, is_root, set_mode, writes};
use crate::world::{World, open_url, outer_environment, settings, tested, texts};

#[test]
fn what_may_not_be_read_is_denied() {
    for fixture in tested() {
        let world = World::new();
        fixture.outside.plant(&world, Field::Signing, b"planted");
        std::fs::write(world.path().join("which"), world.url(fixture)).unwrap();
        match fixture.outside.lock_up(&world) {
            Locked::Never => {}
            Locked::ForUsers if is_root() => as_nobody("denied::case_denied", world.path()),
            Locked::ForUsers => must_be_denied(world.path(), &world.url(fixture)),
            Locked::ForWhoeverHas(variables) => {
                as_whoever_has(&variables, "denied::case_denied", world.path());
            }
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
    must_be_denied(&folder, &std::fs::read_to_string(folder.join("which")).unwrap());
}

fn must_be_denied(folder: &std::path::Path, url: &str) {
    let store = open_url(url, &settings(folder, outer_environment()));
    let error = store.read().unwrap_err();
    must_say_so(&error);
    for over in [Version::Absent, Version::Is("7".into())] {
        must_say_so(&store.write(&writes(&texts("a", "a", "cmVj")), &over).unwrap_err());
    }
}

fn must_say_so(error: &keybaton_stores::StoreError) {
    assert_eq!(error.kind, StoreErrorKind::Denied, "{error}");
    let told = [": permission denied", "no right to this when reading", "no right to this when writing"];
    assert!(told.iter().any(|told| error.sentence.ends_with(told)), "{error}");
    assert!(error.hint.is_some());
}
