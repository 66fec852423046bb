//! Paths of stores that are files: links, pipes, mounts, and what is no file.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use keybaton_core::{Field, RingName};
use keybaton_stores::{Settings, StoreErrorKind, StoreUrl, Version};

use crate::files::of;
use crate::support::writes;
use crate::world::{World, open_url, read, texts};

#[test]
fn a_pipe_can_be_read_and_not_written() {
    let world = World::new();
    let path = world.path().join(".env");
    let made = Command::new("mkfifo").arg(&path).status().expect("this test needs the program mkfifo");
    assert!(made.success());
    let store = world.open(of("dotenv"));
    let writer = thread::spawn({
        let path = path.clone();
        move || fs::write(path, "SECRET_KEY=a\n").unwrap()
    });
    let (held, version) = read(&*store);
    writer.join().unwrap();
    assert_eq!(held.get(Field::Signing), Some("a"));
    let error = store.write(&writes(&texts("b", "b", "cmVj")), &version).unwrap_err();
    assert_eq!(error.sentence, format!("{} is a pipe, not a file", path.display()));
    assert_eq!(
        error.hint.as_deref(),
        Some("a pipe can be read; to write, name the file or vault that fills it")
    );
}

#[test]
fn the_other_files_stand_beside_the_one_that_a_link_leads_to() {
    let world = World::new();
    fs::create_dir(world.path().join("shared")).unwrap();
    symlink("shared/key", world.path().join("key.txt")).unwrap();
    let store = world.open(of("file"));
    let mut over = Version::Absent;
    for new in [texts("a", "a", "cmVj"), texts("b", "b", "cmVj")] {
        over = store.write(&writes(&new), &over).unwrap().version;
        assert_eq!(read(&*store).0, new);
    }
    assert!(world.path().join("key.txt").is_symlink());
    let mut names: Vec<_> =
        fs::read_dir(world.path().join("shared")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["key", "key.fallbacks", "key.ring"]);
}

#[test]
fn a_key_that_is_a_link_within_its_folder_becomes_a_ring() {
    let world = World::new();
    let folder = world.path().join("secrets");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("v1"), "a").unwrap();
    symlink("v1", folder.join("SECRET_KEY")).unwrap();
    let store = world.open(of("dir"));
    let version = read(&*store).1;
    store.write(&writes(&texts("b", "b,a", "cmVj")), &version).unwrap();
    assert_eq!(read(&*store).0, texts("b", "b,a", "cmVj"));
    assert_eq!(fs::read_to_string(folder.join("v1")).unwrap(), "b");
    assert!(folder.join("SECRET_KEY").is_symlink());
}

#[test]
fn a_mounted_kubernetes_secret_is_read_and_not_written() {
    let world = World::new();
    let folder = world.path().join("secrets");
    fs::create_dir_all(folder.join("..2026_01_01")).unwrap();
    symlink("..2026_01_01", folder.join("..data")).unwrap();
    for (name, text) in [("SECRET_KEY", "a"), ("SECRET_KEY_FALLBACKS", "a"), ("SECRET_KEY_RING", "cmVj")] {
        fs::write(folder.join("..2026_01_01").join(name), text).unwrap();
        symlink(format!("..data/{name}"), folder.join(name)).unwrap();
    }
    let store = world.open(of("dir"));
    let (held, version) = read(&*store);
    assert_eq!(held, texts("a", "a", "cmVj"));
    let error = store.write(&writes(&texts("b", "b", "cmVj")), &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Denied);
    assert!(error.sentence.ends_with("which is the folder that is locked"), "{error}");
    assert_eq!(read(&*store).0, held);
}

#[test]
fn a_path_that_makes_no_sense_is_told_why() {
    let world = World::new();
    fs::create_dir(world.path().join(".env")).unwrap();
    fs::write(world.path().join("secrets"), "").unwrap();
    let here = world.path().display();
    let cases = [
        ("dotenv:.env", format!("{here}/.env is a folder, not a file"), "name the file itself".to_owned()),
        ("file:.env", format!("{here}/.env is a folder, not a file"), "name the file itself".to_owned()),
        (
            "dir:secrets",
            format!("{here}/secrets is not a folder"),
            format!("for a file write file:{here}/secrets"),
        ),
    ];
    for (url, sentence, hint) in cases {
        let settings = Settings::new(world.path(), Arc::new(|_| None));
        let store = open_url(url, &settings);
        let error = store.read().unwrap_err();
        assert_eq!((error.kind, error.sentence), (StoreErrorKind::Malformed, sentence.clone()));
        assert_eq!(error.hint, Some(hint));
        let error = store.write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap_err();
        assert_eq!(error.sentence, sentence);
    }
}

#[test]
fn a_url_that_names_no_file_is_told_how_to() {
    let world = World::new();
    let settings = Settings::new(world.path(), Arc::new(|_| None));
    let told = |url| {
        let opened =
            StoreUrl::parse(url).and_then(|url| keybaton_stores::open(&url, &RingName::default(), &settings));
        let error = opened.unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Malformed);
        (error.sentence, error.hint.unwrap())
    };
    assert_eq!(
        told("dotenv:"),
        ("dotenv: names no path".to_owned(), "write for example dotenv:.env".to_owned())
    );
    assert_eq!(
        told("dotenv://.env"),
        (
            "the dotenv: URL names a computer, but dotenv: stores are on this one".to_owned(),
            "write dotenv:.env".to_owned()
        )
    );
    assert_eq!(told("env:X").0, "env: takes nothing after the colon");
}
