//! The machine's key, and URLs that name one.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use keybaton_core::RingName;
use keybaton_stores::{Settings, StoreErrorKind, StoreUrl, Version, open};
use serde_json::json;

use super::{begin, sealed};
use crate::ground::{told, write};
use crate::support::{as_nobody, given, is_root, set_mode};
use crate::world::{open_url, outer_environment, settings};

#[test]
fn a_machine_whose_key_was_replaced_or_is_gone_is_told_so() {
    let Some(ground) = begin() else { return };
    let key = ground.world.path().join("credential.secret");
    let store = ground.open_as(&json!({ "SYSTEMD_CREDENTIAL_SECRET": key }));
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    let before = sealed(&ground);
    // A first write makes the machine's key, where there is none.
    let old = fs::read(&key).unwrap();

    fs::remove_file(&key).unwrap();
    let (kind, sentence, _) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    let gone = " was sealed with a key of this machine that is gone, /var/lib/systemd/credential.secret";
    assert!(sentence.ends_with(gone), "{sentence}");

    let other = [&old[..16], &old[16..].iter().map(|byte| byte ^ 1).collect::<Vec<_>>()].concat();
    fs::write(&key, other).unwrap();
    set_mode(&key, 0o644);
    let (kind, sentence, hint) = told(store.read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Refused);
    assert!(sentence.ends_with(", while others than root may read it"), "{sentence}");
    assert_eq!(hint, "`chmod 0400` it, and ask who could read the credentials meanwhile");

    set_mode(&key, 0o400);
    let (kind, sentence, _) = told(write(&*store, "b", &version).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert!(sentence.contains(" does not open with this machine's key: "), "{sentence}");
    assert!(sealed(&ground) == before);

    fs::write(&key, old).unwrap();
    write(&*store, "b", &version).unwrap();
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
