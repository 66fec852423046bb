//! A TPM that seals, is exchanged, is gone, or finds the machine started otherwise. There is one, so one test has it.

use keybaton_stores::{Store, StoreErrorKind, Version};
use serde_json::json;

use super::{begin, sealed};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn what_a_tpm_sealed_is_read_beside_that_tpm_alone() {
    let Some(ground) = begin() else { return };
    for with_key in ["tpm2", "host+tpm2"] {
        put_in(&ground, "ours");
        let store = ground.open_with(&format!("{}?with-key={with_key}", ground.url()), &json!({}), |it| it);
        let key = format!("made-up-{with_key}");
        let over = read(&*store).1;
        let version = write(&*store, &key, &over).unwrap().version;
        assert_eq!((read(&*store).0, ground.there().len()), (ring(&key), 3));
        for which in ["none", "other"] {
            put_in(&ground, which);
            must_be_told(&ground, &*store, &version);
        }
        put_in(&ground, "ours");
        assert_eq!(read(&*store).0, ring(&key));
        // Where new credentials shall not be bound to it, they are not; the old ones are read all the same.
        let host = ground.open_with(&format!("{}?with-key=host", ground.url()), &json!({}), |it| it);
        write(&*host, "b", &version).unwrap();
        put_in(&ground, "none");
        assert_eq!(read(&*host).0, ring("b"));
    }
    put_in(&ground, "ours");
    let store = ground.open_with(&format!("{}?with-key=tpm2", ground.url()), &json!({}), |it| it);
    let version = write(&*store, "c", &read(&*store).1).unwrap().version;
    ground.arrange("measured", json!({}));
    must_be_told(&ground, &*store, &version);
    put_in(&ground, "ours");
    assert_eq!(read(&*store).0, ring("c"));
    put_in(&ground, "none");
}

#[test]
fn without_a_tpm_nothing_is_sealed_with_one() {
    let Some(ground) = begin() else { return };
    let url = format!("{}?with-key=tpm2", ground.url());
    let store = ground.open_with(&url, &json!({ "SYSTEMD_TPM2_DEVICE": "swtpm:path=/nowhere" }), |it| it);
    let (kind, sentence, hint) = told(write(&*store, "a", &Version::Absent).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Unsupported);
    assert!(sentence.starts_with("systemd-creds cannot make the credential for "), "{sentence}");
    assert_eq!(
        hint,
        "see whether `systemd-creds has-tpm2` finds a TPM, or write ?with-key=host behind the folder"
    );
    assert_eq!(sealed(&ground), [b"", b"", b""]);
}

fn put_in(ground: &Ground, which: &str) {
    ground.arrange("tpm", json!({ "which": which }));
}

/// It is neither read nor written, and every file stays as it is.
fn must_be_told(ground: &Ground, store: &dyn Store, version: &Version) {
    let before = sealed(ground);
    for error in [store.read().unwrap_err(), write(store, "b", version).unwrap_err()] {
        let (kind, sentence, hint) = told(error);
        assert_eq!(kind, StoreErrorKind::Malformed);
        assert!(sentence.contains(" was sealed with a TPM that does not open it: "), "{sentence}");
        assert!(hint.starts_with("put the machine back as it was, or take the three files away"), "{hint}");
    }
    assert!(sealed(ground) == before);
}
