//! GitHub's key, and what is sealed to it.

use keybaton_core::SecretText;
use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{KEY, begin, calls, kept, play};
use crate::ground::{ring, told, write};
use crate::support::writes;
use crate::world::{read, texts};

#[test]
fn github_opens_what_was_sealed_whatever_is_in_it() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let mut over = Version::Absent;
    for key in ["a", "two words, a \" and a '", "žluťoučký kůň\n", &"x".repeat(48 << 10)] {
        over = write(&*store, key, &over).unwrap().version;
        assert_eq!(read(&*store).0, ring(key));
    }
}

#[test]
fn where_github_has_another_key_by_then_the_secret_is_sealed_and_written_once_more() {
    for call in ["PUT SECRET_KEY_FALLBACKS", "PUT SECRET_KEY"] {
        let Some(ground) = begin() else { return };
        play(&ground, json!({ "rotate": [call] }));
        let store = ground.open();
        let written = write(&*store, KEY, &Version::Absent).unwrap();
        assert_eq!(written.notes, []);
        let calls = calls(&ground);
        assert_eq!(read(&*store).0, ring(KEY));
        assert_eq!(calls.iter().filter(|made| **made == call).count(), 2, "{calls:?}");
        assert_eq!(calls.iter().filter(|made| *made == "GET public-key").count(), 2, "{calls:?}");
    }
}

#[test]
fn a_key_that_changes_a_second_time_is_a_refusal_and_the_next_run_goes_on() {
    let Some(ground) = begin() else { return };
    play(&ground, json!({ "rotate": ["PUT SECRET_KEY", "PUT SECRET_KEY"] }));
    let store = ground.open();
    let (kind, sentence, hint) = told(write(&*store, KEY, &Version::Absent).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Uncertain, "{sentence}");
    assert!(
        sentence
            .ends_with("GitHub does not take this secret or variable, after a part of the write was done")
    );
    assert_eq!(hint, "every key in use is still accepted; mend the cause and run it again to finish");
    let (_, version) = read(&*store);
    write(&*store, KEY, &version).unwrap();
    assert_eq!(read(&*store).0, ring(KEY));
}

#[test]
fn what_no_secret_can_hold_is_refused_before_anything_is_asked() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    for (key, kind, what) in [
        ("x".repeat((48 << 10) + 1), StoreErrorKind::TooLarge, "would be larger than 48 KB"),
        (
            "a\0b".to_owned(),
            StoreErrorKind::Unsupported,
            "would be empty or hold a NUL, which no job can get",
        ),
        (String::new(), StoreErrorKind::Unsupported, "would be empty or hold a NUL, which no job can get"),
    ] {
        let key = SecretText::new(key);
        let new = texts(key.expose(), "a", "cmVj");
        let (found, sentence, _) = told(store.write(&writes(&new), &Version::Absent).unwrap_err());
        assert_eq!((found, sentence), (kind, format!("{}: SECRET_KEY {what}", ground.url())));
    }
    assert_eq!(kept(&ground)["calls"], json!([]));
}

#[test]
fn nothing_that_was_sent_or_said_shows_a_key() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    write(&*store, KEY, &Version::Absent).unwrap();
    assert!(!format!("{store:?}").contains("ghp_"));
    assert!(calls(&ground).iter().all(|call| !call.contains(KEY)));
}
