//! What is special about stores that are files: their lines, their modes, their size.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use keybaton_core::Field;
use keybaton_stores::{Note, Settings, StoreErrorKind, Version};

use crate::fixtures::{FIXTURES, Fixture};
use crate::support::{set_mode, writes};
use crate::world::{World, open_url, read, texts};

#[test]
fn one_line_end_is_no_part_of_the_key_and_stays() {
    for fixture in [of("file"), of("dir")] {
        for (bytes, key, after) in
            [("a\n", "a", "b\n"), ("a\r\n", "a", "b\r\n"), ("a", "a", "b"), ("a\n\n", "a\n", "b\n")]
        {
            let world = World::new();
            fixture.outside.plant(&world, Field::Signing, bytes.as_bytes());
            let store = world.open(fixture);
            let (held, version) = read(&*store);
            assert_eq!(held.get(Field::Signing), Some(key));
            store.write(&writes(&texts("b", "b", "cmVj")), &version).unwrap();
            let path = if fixture.template == "dir:secrets" { "secrets/SECRET_KEY" } else { "key.txt" };
            assert_eq!(fs::read_to_string(world.path().join(path)).unwrap(), after);
        }
    }
}

#[test]
fn new_files_are_for_their_owner_and_those_beside_a_key_for_its_readers() {
    for fixture in [of("file"), of("dir")] {
        for (planted, expected) in [(None, 0o600), (Some(0o640), 0o640)] {
            let world = World::new();
            let path = if fixture.template == "dir:secrets" { "secrets/SECRET_KEY" } else { "key.txt" };
            let path = world.path().join(path);
            if let Some(mode) = planted {
                fixture.outside.plant(&world, Field::Signing, b"a");
                set_mode(&path, mode);
            }
            let store = world.open(fixture);
            store.write(&writes(&texts("b", "b", "cmVj")), &read(&*store).1).unwrap();
            for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
                let mode = entry.unwrap().metadata().unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, expected);
            }
        }
    }
}

#[test]
fn a_new_folder_is_private() {
    for url in ["dir:secrets", "file:secrets/key.txt"] {
        let world = World::new();
        let settings = Settings::new(world.path(), Arc::new(|_| None));
        open_url(url, &settings).write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap();
        let mode = fs::metadata(world.path().join("secrets")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{url}");
    }
}

#[test]
fn what_a_user_should_know_of_an_edit_is_told() {
    let world = World::new();
    fs::write(world.path().join(".env"), "SECRET_KEY=a\nURL=x/${SECRET_KEY}\nSECRET_KEY=b\n").unwrap();
    let store = world.open(of("dotenv"));
    let (held, version) = read(&*store);
    assert_eq!(held.get(Field::Signing), Some("b"));
    let written = store.write(&writes(&texts("c", "c", "cmVj")), &version).unwrap();
    let path = world.path().join(".env").display().to_string();
    let notes = [
        format!("{path}: SECRET_KEY stood on lines 1 and 3; only the last line, which counted, was kept"),
        format!("{path}: line 2 uses ${{SECRET_KEY}} and changes with it"),
    ];
    assert_eq!(written.notes, notes.map(Note));
}

#[test]
fn an_edit_of_another_line_is_no_conflict_and_is_kept() {
    let world = World::new();
    let store = world.open(of("dotenv"));
    let version = store.write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap().version;
    let path = world.path().join(".env");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "DEBUG=1\n").unwrap();
    store.write(&writes(&texts("b", "b", "cmVj")), &version).unwrap();
    let now = "SECRET_KEY=b\nSECRET_KEY_FALLBACKS=b\nSECRET_KEY_RING=cmVj\nDEBUG=1\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), now);
}

#[test]
fn a_value_may_use_the_environment_but_not_an_older_key_in_it() {
    let world = World::new();
    for (name, value) in [("BASE", "base"), ("SECRET_KEY", "older")] {
        world.environment.lock().unwrap().insert(name.to_owned(), value.into());
    }
    fs::write(world.path().join(".env"), "SECRET_KEY=${BASE}-a\nSECRET_KEY_FALLBACKS=${SECRET_KEY},b\n")
        .unwrap();
    let (held, _) = read(&*world.open(of("dotenv")));
    assert_eq!((held.get(Field::Signing), held.get(Field::Fallbacks)), (Some("base-a"), Some("base-a,b")));
}

#[test]
fn a_quote_that_is_never_closed_is_named_and_nothing_is_written() {
    let world = World::new();
    let path = world.path().join(".env");
    fs::write(&path, "A='b\n").unwrap();
    let error =
        world.open(of("dotenv")).write(&writes(&texts("it's", "x", "cmVj")), &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Malformed);
    assert_eq!(
        error.sentence,
        format!(
            "cannot write {}: SECRET_KEY cannot be written, because a quote on line 1 is never closed",
            path.display()
        )
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "A='b\n");
}

#[test]
fn what_would_be_too_large_to_be_read_again_is_refused_before_anything_is_written() {
    for (fixture, name) in
        [("dotenv", ".env"), ("file", "key.txt.fallbacks"), ("dir", "secrets/SECRET_KEY_FALLBACKS")]
    {
        let world = World::new();
        let store = world.open(of(fixture));
        let mut version = store.write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap().version;
        let path = world.path().join(name);
        let mut room = MOST - fs::metadata(&path).unwrap().len();
        if fixture == "dotenv" {
            fs::write(&path, fs::read_to_string(&path).unwrap() + "#" + &"x".repeat(1000) + "\n").unwrap();
            room -= 1002;
        }
        let list = |length: u64| "a".repeat(1 + usize::try_from(length).unwrap());
        let before = fs::read(&path).unwrap();

        let error = store.write(&writes(&texts("b", &list(room + 1), "cmVj")), &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::TooLarge);
        let path_shown = path.display();
        assert_eq!(
            error.sentence,
            format!(
                "cannot write {path_shown}: it would be larger than {MOST} bytes, which nothing here reads"
            )
        );
        assert!(fs::read(&path).unwrap() == before);
        assert_eq!(read(&*store), (texts("a", "a", "cmVj"), version.clone()));

        version = store.write(&writes(&texts("b", &list(room), "cmVj")), &version).unwrap().version;
        assert!(read(&*store) == (texts("b", &list(room), "cmVj"), version));
    }
}

/// What is read of a file at most.
const MOST: u64 = 1 << 20;

pub(crate) fn of(scheme: &str) -> &'static Fixture {
    FIXTURES.iter().find(|fixture| fixture.scheme() == scheme).unwrap()
}
