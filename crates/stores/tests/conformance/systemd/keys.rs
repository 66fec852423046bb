//! The machine's key, and URLs that name one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keybaton_core::RingName;
use keybaton_stores::{Note, Settings, Store, StoreErrorKind, StoreUrl, Version, open};
use serde_json::json;

use super::program::path_with;
use super::{begin, sealed, typed};
use crate::ground::{Ground, told, write};
use crate::support::{as_nobody, given, is_root, set_mode};
use crate::world::{open_url, outer_environment, settings};

#[test]
fn a_machine_whose_key_was_replaced_or_is_gone_is_told_so() {
    let Some(ground) = begin() else { return };
    let (key, store) = with_a_key_of_its_own(&ground);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    let before = sealed(&ground);
    let old = fs::read(&key).unwrap();

    fs::remove_file(&key).unwrap();
    let (kind, sentence, hint) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert!(sentence.ends_with(" was sealed with a key of this machine that is gone"), "{sentence}");
    let back = format!("bring {} (by SYSTEMD_CREDENTIAL_SECRET) back, or ", key.display());
    assert!(hint.starts_with(&back), "{hint}");

    let other = [&old[..16], &old[16..].iter().map(|byte| byte ^ 1).collect::<Vec<_>>()].concat();
    fs::write(&key, other).unwrap();
    set_mode(&key, 0o400);
    let (kind, sentence, _) = told(write(&*store, "b", &version).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert!(sentence.contains(" does not open with this machine's key: "), "{sentence}");
    assert!(sealed(&ground) == before);

    fs::write(&key, old).unwrap();
    write(&*store, "b", &version).unwrap();
}

#[test]
fn a_machine_s_key_that_is_made_by_a_write_is_told_once() {
    let Some(ground) = begin() else { return };
    let (key, store) = with_a_key_of_its_own(&ground);
    let first = write(&*store, "a", &Version::Absent).unwrap();
    let expected = format!(
        "this machine's key for credentials was made, {} (by SYSTEMD_CREDENTIAL_SECRET): a backup of the credentials is worth \
         nothing without it",
        key.display()
    );
    assert_eq!(first.notes, [Note(expected)]);
    assert_eq!(write(&*store, "b", &first.version).unwrap().notes, []);
}

#[test]
fn a_machine_s_key_that_a_failed_write_made_is_told_too() {
    let Some(ground) = begin() else { return };
    let key = ground.world.path().join("credential.secret");
    let script = r#"[ $1 = decrypt ] && exit 3; exec "$REAL" "$@""#;
    let fails = json!({ "SYSTEMD_CREDENTIAL_SECRET": key, "PATH": path_with(&ground, script) });
    let (_, _, hint) = told(write(&*ground.open_as(&fails), "a", &Version::Absent).unwrap_err());
    let made = format!("; this machine's key for credentials was made, {} (by ", key.display());
    assert!(key.exists() && hint.contains(&made), "{hint}");
}

#[test]
fn a_key_with_a_second_name_is_told_and_what_is_said_gives_it_one_of_its_own() {
    let Some(ground) = begin() else { return };
    let (key, store) = with_a_key_of_its_own(&ground);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    fs::hard_link(&key, ground.world.path().join("backup")).unwrap();
    for error in [store.read().unwrap_err(), write(&*store, "b", &version).unwrap_err()] {
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::Refused);
        assert!(sentence.ends_with(", while it has a second name (a hard link)"), "{sentence}");
        assert!(hint.starts_with("`cp --preserve "), "{hint}");
    }
    let (_, _, hint) = told(store.read().unwrap_err());
    assert!(typed(hint.split('`').nth(1).unwrap()).status.success(), "{hint}");
    write(&*store, "b", &version).unwrap();
}

#[test]
fn an_empty_variable_names_no_key() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up");
    let store = ground.open_as(&json!({ "SYSTEMD_CREDENTIAL_SECRET": "" }));
    let (_, _, hint) = told(store.read().unwrap_err());
    assert!(hint.starts_with("bring /var/lib/systemd/credential.secret "), "{hint}");
}

#[test]
fn a_key_of_another_mode_is_told_by_who_may_read_it() {
    let Some(ground) = begin() else { return };
    let (key, store) = with_a_key_of_its_own(&ground);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    let loose = "`chmod 0400` it, and ask who could read the credentials meanwhile";
    for (mode, why, what) in [
        (0o644, "others than root may read it", loose),
        (0o440, "others than root may read it", loose),
        (0o600, "its mode is 0600", "`chmod 0400` it"),
    ] {
        set_mode(&key, mode);
        for error in [store.read().unwrap_err(), write(&*store, "b", &version).unwrap_err()] {
            let (kind, sentence, hint) = told(error);
            assert_eq!(kind, StoreErrorKind::Refused);
            assert!(
                sentence.ends_with(&format!(" (by SYSTEMD_CREDENTIAL_SECRET), while {why}")),
                "{sentence}"
            );
            assert_eq!(hint, what);
        }
    }
}

#[test]
fn a_good_key_is_not_blamed_for_what_the_system_does_not_permit() {
    let Some(ground) = begin() else { return };
    let (key, store) = with_a_key_of_its_own(&ground);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    let says = "echo 'Failed to determine local credential key: Operation not permitted' >&2; exit 1";
    let elsewhere = json!({ "SYSTEMD_CREDENTIAL_SECRET": key, "PATH": path_with(&ground, says) });
    let held_back = ground.open_as(&elsewhere);
    for error in [held_back.read().unwrap_err(), write(&*held_back, "b", &version).unwrap_err()] {
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::Unsupported);
        assert!(sentence.starts_with("systemd may not use or make "), "{sentence}");
        assert!(hint.starts_with("see what holds back even root: "), "{hint}");
    }
}

/// The store, with a file for the machine's key that is not there yet.
fn with_a_key_of_its_own(ground: &Ground) -> (PathBuf, Box<dyn Store>) {
    let key = ground.world.path().join("credential.secret");
    let store = ground.open_as(&json!({ "SYSTEMD_CREDENTIAL_SECRET": key }));
    (key, store)
}

#[test]
fn whoever_is_not_root_is_told_to_use_sudo() {
    let Some(ground) = begin().filter(|_| is_root()) else { return };
    ground.plant("made-up");
    ground.arrange("opened", json!({}));
    fs::write(ground.world.path().join("which"), ground.url()).unwrap();
    as_nobody("systemd::keys::case_not_root", ground.world.path());
}

#[test]
#[ignore = "run by whoever_is_not_root_is_told_to_use_sudo"]
fn case_not_root() {
    let (folder, _) = given();
    let url = fs::read_to_string(folder.join("which")).unwrap();
    let store = open_url(&url, &settings(&folder, outer_environment()));
    let error = store.read().unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Denied);
    let file = folder.join("secrets/SECRET_KEY");
    assert_eq!(error.sentence, format!("cannot read {}: permission denied", file.display()));
    assert_eq!(error.hint.as_deref(), Some("the machine's credentials are for root alone: run it with sudo"));
}

#[test]
fn a_url_names_its_folder_wholly_and_a_key_that_there_is() {
    let told = |url: &str| {
        let settings = Settings::new(Path::new("/srv"), Arc::new(|_| None));
        let opened = StoreUrl::parse(url).and_then(|url| open(&url, &RingName::default(), &settings));
        opened.map(drop).map_err(told)
    };
    for key in ["", "?with-key=auto", "?with-key=host", "?with-key=tpm2", "?with-key=host+tpm2"] {
        assert_eq!(told(&format!("systemd:/etc/credstore.encrypted{key}")), Ok(()));
    }
    for url in ["systemd:", "systemd:credstore", "systemd:./credstore?with-key=host"] {
        let sentence = "the systemd: URL needs a folder that is the same from everywhere";
        let hint = "write its whole path, for example systemd:/etc/credstore.encrypted";
        assert_eq!(told(url), Err((StoreErrorKind::Malformed, sentence.to_owned(), hint.to_owned())));
    }
    for query in ["?", "with-key", "with-key=", "with-key=null", "with-key=host&x=y", "made-up"] {
        let sentence = "the systemd: URL has a parameter that there is not";
        let hint = "with-key=auto or host or tpm2 or host+tpm2 is all that may stand behind the ?";
        let refused = Err((StoreErrorKind::Malformed, sentence.to_owned(), hint.to_owned()));
        assert_eq!(told(&format!("systemd:/etc/x?{query}")), refused);
    }
}
