//! Files that are no credentials, or those of another.

use std::fs;

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{begin, file, sealed, typed};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn a_credential_that_was_renamed_is_refused_by_its_name() {
    let Some(ground) = begun() else { return };
    fs::rename(file(&ground, "SECRET_KEY_FALLBACKS"), file(&ground, "SECRET_KEY")).unwrap();
    let (kind, sentence, hint) = told(ground.open().read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    let path = file(&ground, "SECRET_KEY");
    assert_eq!(
        sentence,
        format!("{} carries another name than its file, so systemd refuses it", path.display())
    );
    assert_eq!(hint, "give the file back the name under which it was made");
}

#[test]
fn what_is_no_whole_credential_is_refused_and_left_as_it_is() {
    let whole = |ground: &Ground| fs::read(file(ground, "SECRET_KEY")).unwrap();
    type Break = fn(Vec<u8>) -> Vec<u8>;
    let breaks: [(Break, &str); 5] = [
        (|_| b"a-plain-made-up-key\n".to_vec(), " is no encrypted credential, or a part of one"),
        (|_| Vec::new(), " is no encrypted credential, or a part of one"),
        (|bytes| bytes[..60].to_vec(), " is no encrypted credential, or a part of one"),
        (|bytes| bytes[..bytes.len() / 2].to_vec(), " is no encrypted credential, or a part of one"),
        (
            changed,
            " does not open with this machine's key: another machine made it, the key was replaced, or the file was changed",
        ),
    ];
    for (broken, what) in breaks {
        let Some(ground) = begun() else { return };
        let version = read(&*ground.open()).1;
        fs::write(file(&ground, "SECRET_KEY"), broken(whole(&ground))).unwrap();
        let before = sealed(&ground);
        for over in [&version, &Version::Absent] {
            let (kind, sentence, hint) = told(write(&*ground.open(), "b", over).unwrap_err());
            assert_eq!(kind, StoreErrorKind::Malformed);
            assert_eq!(sentence, format!("{}{what}", file(&ground, "SECRET_KEY").display()));
            assert!(
                hint.ends_with("take the three files away and copy the ring there again from another store")
            );
        }
        assert!(sealed(&ground) == before);
    }
}

/// Another letter in the midst of what is sealed.
fn changed(mut bytes: Vec<u8>) -> Vec<u8> {
    let at = bytes.len() - 20;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    bytes
}

#[test]
fn an_expired_credential_is_called_so_and_left_as_it_is() {
    let Some(ground) = begun() else { return };
    let version = read(&*ground.open()).1;
    ground.arrange("expired", json!({ "name": "SECRET_KEY" }));
    let before = sealed(&ground);
    for error in [ground.open().read().unwrap_err(), write(&*ground.open(), "b", &version).unwrap_err()] {
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::Malformed);
        let path = file(&ground, "SECRET_KEY");
        assert_eq!(sentence, format!("{} has expired, so systemd refuses it", path.display()));
        assert!(
            hint.ends_with("; or take the three files away and copy the ring there again from another store")
        );
        assert!(hint.contains(&format!(
            "systemd-creds encrypt --with-key=auto --name=SECRET_KEY - {}.new) && ",
            path.display()
        )));
    }
    assert!(sealed(&ground) == before);
}

#[test]
fn what_is_said_of_an_expired_credential_seals_it_without_an_end_or_leaves_it() {
    let Some(ground) = begun() else { return };
    let ring = read(&*ground.open()).0;
    ground.arrange("expired", json!({ "name": "SECRET_KEY" }));
    let before = sealed(&ground);
    let host = ground.open_with(&format!("{}?with-key=host", ground.url()), &json!({}), |it| it);
    let (_, _, hint) = told(host.read().unwrap_err());
    let command = hint.split('`').nth(1).unwrap();
    assert!(command.contains(" --with-key=host "), "{command}");
    for (date, ends_well) in [("today", false), ("2 days ago", true)] {
        let dated = command.replace("DATE", &format!("'{date}'"));
        let done = typed(&dated);
        assert_eq!(
            (done.status.success(), done.stdout.as_slice()),
            (ends_well, &b""[..]),
            "{dated}: {done:?}"
        );
        assert_eq!(sealed(&ground) == before, !ends_well);
        assert!(!file(&ground, "SECRET_KEY.new").exists(), "{date}");
    }
    assert_eq!(read(&*ground.open()).0, ring);
}

#[test]
fn a_key_sealed_by_hand_with_a_line_end_is_the_key_without_it() {
    let Some(ground) = begin() else { return };
    ground.plant("made-up\n");
    let store = ground.open();
    let (held, version) = read(&*store);
    assert_eq!(held.signing.unwrap().expose(), "made-up");
    write(&*store, "b", &version).unwrap();
    assert_eq!(read(&*store).0, ring("b"));
    assert_eq!(ground.there(), ["b\n", "b", "cmVj"]);
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused() {
    let Some(ground) = begin() else { return };
    fs::write(ground.world.path().join("secrets"), "").unwrap();
    let (kind, sentence, _) = told(ground.open().read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Malformed);
    assert!(sentence.ends_with("/secrets is not a folder"), "{sentence}");
}

/// With a ring in it.
fn begun() -> Option<Ground> {
    let ground = begin()?;
    write(&*ground.open(), "a", &Version::Absent).unwrap();
    Some(ground)
}
