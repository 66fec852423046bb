//! Items: what they look like, and what becomes of those that another program made.

use std::path::Path;
use std::sync::Arc;

use keybaton_core::RingName;
use keybaton_stores::{Settings, StoreErrorKind, StoreUrl, Version, open};
use serde_json::json;

use super::{begin, separate};
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn an_item_is_found_by_the_names_that_others_search_with() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), "a", &Version::Absent).unwrap();
    let service = ground.url().replace("keychain:", "");
    let shown = format!(
        "attribute.service = {service}\nattribute.username = SECRET_KEY\nlabel = SECRET_KEY of {service}"
    );
    assert_eq!(ground.arrange("shown", json!({})), shown);
    let whole = r#"{"SECRET_KEY":"a","SECRET_KEY_FALLBACKS":"a","SECRET_KEY_RING":"cmVj"}"#;
    assert_eq!(ground.arrange("whole", json!({})), whole);
}

#[test]
fn an_item_of_somebody_else_keeps_its_label() {
    let Some(ground) = begin() else { return };
    ground.arrange("raw", json!({ "content": r#"{"SECRET_KEY": "made-up"}"# }));
    let before = ground.arrange("shown", json!({}));
    let store = ground.open();
    write(&*store, "made-up", &read(&*store).1).unwrap();
    assert_eq!((ground.arrange("shown", json!({})), read(&*store).0), (before, ring("made-up")));
}

#[test]
fn a_bare_key_is_read_and_not_reshaped_unless_that_is_wanted() {
    let Some(ground) = begin() else { return };
    ground.arrange("raw", json!({ "content": "made-up" }));
    let store = ground.open();
    let (held, version) = read(&*store);
    assert_eq!(held.signing.unwrap().expose(), "made-up");
    let (kind, sentence, _) = told(write(&*store, "made-up", &version).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Refused);
    assert!(sentence.contains(" holds a key and nothing else"), "{sentence}");
    assert_eq!(ground.arrange("whole", json!({})), "made-up");

    let three = separate(&ground);
    write(&*three, "made-up", &read(&*three).1).unwrap();
    assert_eq!((read(&*three).0, ground.arrange("whole", json!({}))), (ring("made-up"), json!("made-up")));
}

#[test]
fn a_url_that_names_no_service_or_something_more_is_refused() {
    let told = |url: &str| {
        let settings = Settings::new(Path::new("."), Arc::new(|_| None));
        let opened = StoreUrl::parse(url).and_then(|url| open(&url, &RingName::default(), &settings));
        opened.map(drop).map_err(told)
    };
    for url in ["keychain:", "keychain: shop", "keychain:a\nb", "keychain:?layout=json"] {
        let sentence = "the keychain: URL names no service";
        let hint = "write for example keychain:shop";
        assert_eq!(told(url), Err((StoreErrorKind::Malformed, sentence.to_owned(), hint.to_owned())));
    }
    for url in ["keychain:shop?made-up", "keychain:shop?layout=x", "keychain:shop?layout=json&x=y"] {
        let sentence = "the keychain: URL has a parameter that there is not";
        let hint = "layout=json or layout=separate is all that may stand behind the ?";
        assert_eq!(told(url), Err((StoreErrorKind::Malformed, sentence.to_owned(), hint.to_owned())));
    }
    assert_eq!(told("keychain:my shop/ž?layout=separate"), Ok(()));
}
