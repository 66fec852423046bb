//! Whatever stands in the three texts, they have a meaning, no empty key is ever accepted, and no debug form shows a key.
#![no_main]

use keybaton_core::{Field, Reading, SecretText, Texts, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str)| {
    let (signing, fallbacks, record) = input;
    if record.contains(PLANTED) {
        return;
    }
    let mut texts = Texts::default();
    texts.set(Field::Signing, SecretText::new(format!("{signing}{PLANTED}")));
    texts.set(Field::Fallbacks, SecretText::new(format!("{fallbacks},{PLANTED}")));
    texts.set(Field::Record, SecretText::new(record));
    assert!(texts.keys().iter().all(|key| !key.expose().trim().is_empty()));
    let reading = read(texts);
    assert!(!format!("{reading:?}").contains(PLANTED));
    if let Reading::Whole(ring) = reading {
        assert!(ring.accepted().iter().all(|key| !key.secret.expose().trim().is_empty()));
    }
});

const PLANTED: &str = "planted-7f31";
