//! A `systemd-creds` that is not there, hangs, or is none.

use std::fs;

use keybaton_stores::{Store, StoreErrorKind, Version};
use serde_json::json;

use super::{begin, file, sealed};
use crate::ground::{Ground, told, write};
use crate::support::set_mode;
use crate::world::read;

#[test]
fn without_the_program_it_says_where_the_program_comes_from() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up");
    let store = ground.open_as(&json!({ "PATH": "/nowhere" }));
    let (kind, sentence, hint) = told(store.read().unwrap_err());
    assert_eq!((kind, &*sentence), (StoreErrorKind::Unsupported, "there is no program systemd-creds here"));
    assert_eq!(hint, "it comes with systemd, from version 250 on; elsewhere dir:FOLDER keeps a ring");
}

#[test]
fn a_program_that_hangs_is_ended_after_half_a_minute() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up");
    let store = with_program(&ground, "exec sleep 300");
    let (kind, sentence, _) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Unreachable);
    let path = file(&ground, "SECRET_KEY");
    let expected = format!("systemd-creds took longer than 30 s, at {}, and was ended", path.display());
    assert_eq!(sentence, expected);
}

#[test]
fn what_is_sealed_and_does_not_open_again_is_not_written() {
    // Rubbish; a credential with another text in it; an end without a word; the text as it is, which opens well.
    let other = r#"case $1 in encrypt) shift; cat > /dev/null; printf other | "$REAL" encrypt "$@";; *) exec "$REAL" "$@";; esac"#;
    let open = r#"[ $1 = encrypt ] && exec cat; f=$(mktemp); cat > $f; "$REAL" "$@" < $f 2> /dev/null || cat $f; rm $f"#;
    for script in [r#"[ $1 = encrypt ] && exec echo rubbish; exec "$REAL" "$@""#, other, "exit 3", open] {
        let Some(ground) = begin() else { return };
        write(&*ground.open(), "a", &Version::Absent).unwrap();
        let version = read(&*ground.open()).1;
        let before = sealed(&ground);
        let error = write(&*with_program(&ground, script), "b", &version).unwrap_err();
        let is_expected = matches!(error.kind, StoreErrorKind::Unsupported | StoreErrorKind::Malformed);
        assert!(is_expected && error.hint.is_some(), "{script}: {error}");
        assert!(sealed(&ground) == before, "{script}");
    }
}

#[test]
fn a_flood_of_words_is_no_answer_and_stops_nobody() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up");
    let (kind, sentence, _) = told(with_program(&ground, "exec yes made-up").read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert!(
        sentence.starts_with("systemd-creds answers with more than any credential holds, at "),
        "{sentence}"
    );
    let floods = with_program(&ground, r#"head -c 3000000 /dev/zero >&2; exec "$REAL" "$@""#);
    assert_eq!(read(&*floods).0.signing.unwrap().expose(), "made-up");
}

/// The store, beside a program of that name that does this; the real one is `$REAL`.
fn with_program(ground: &Ground, script: &str) -> Box<dyn Store> {
    ground.open_as(&json!({ "PATH": path_with(ground, script) }))
}

/// Where that program is found first.
pub(super) fn path_with(ground: &Ground, script: &str) -> String {
    let folder = tempfile::tempdir_in(ground.world.path()).unwrap().keep();
    let path = std::env::var("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|folder| folder.join("systemd-creds"));
    let real = real.into_iter().find(|file| file.exists()).unwrap();
    let program = folder.join("systemd-creds");
    fs::write(&program, format!("#!/bin/sh\nREAL={}\n{script}\n", real.display())).unwrap();
    set_mode(&program, 0o755);
    format!("{}:{path}", folder.display())
}
