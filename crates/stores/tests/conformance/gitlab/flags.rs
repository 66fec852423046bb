//! What variables are like: kept where they are, sensible where they are made, and known beforehand where it stands in the way.

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{CLAIM, KEY, all, begin, make, one, told_of};
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn what_is_made_is_protected_and_not_expanded_and_the_keys_are_masked() {
    let Some(ground) = begin() else { return };
    assert_eq!(write(&*ground.open(), KEY, &Version::Absent).unwrap().notes, []);
    for (name, is_masked) in
        [("SECRET_KEY", true), ("SECRET_KEY_FALLBACKS", true), ("SECRET_KEY_RING", false)]
    {
        let mut found = one(&ground, name);
        found.as_object_mut().unwrap().remove("value");
        let wanted = json!({
            "key": name, "masked": is_masked, "hidden": false, "protected": true, "raw": true,
            "variable_type": "env_var", "environment_scope": "*", "description": "Kept by keybaton",
        });
        assert_eq!(found, wanted);
    }
    assert!(all(&ground).iter().all(|variable| variable["key"] != CLAIM));
}

#[test]
fn what_is_there_keeps_its_settings_and_what_is_made_beside_it_reaches_the_same_jobs() {
    let Some(ground) = begin() else { return };
    let with = json!({ "masked": true, "raw": false, "description": "ours" });
    make(&ground, "SECRET_KEY", KEY, with);
    let store = ground.open();
    let version = write(&*store, KEY, &read(&*store).1).unwrap().version;
    write(&*store, "made-up-other", &version).unwrap();
    let found = one(&ground, "SECRET_KEY");
    let wanted = json!({
        "key": "SECRET_KEY", "value": "made-up-other", "masked": true, "hidden": false, "protected": false, "raw": false,
        "variable_type": "env_var", "environment_scope": "*", "description": "ours",
    });
    assert_eq!(found, wanted);
    let beside = one(&ground, "SECRET_KEY_FALLBACKS");
    assert_eq!(
        [&beside["protected"], &beside["variable_type"], &beside["masked"], &beside["raw"]],
        [&json!(false), &json!("env_var"), &json!(true), &json!(true)]
    );
}

#[test]
fn a_value_that_cannot_be_masked_is_refused_before_anything_is_written() {
    for (is_raw, key, need) in [
        (true, "with a space", "8 characters or more, and no white space"),
        (true, "short", "8 characters or more, and no white space"),
        (
            false,
            "made,up,key",
            "8 characters or more, and letters, digits and _+=/@:.~- alone, as it is also expanded",
        ),
    ] {
        let Some(ground) = begin() else { return };
        make(&ground, "SECRET_KEY", KEY, json!({ "masked": true, "raw": is_raw }));
        let store = ground.open();
        let before = all(&ground);
        let error = write(&*store, key, &read(&*store).1).unwrap_err();
        assert!(!format!("{error:?}").contains(key));
        let hint = format!(
            "a masked value has {need}; change the variable's settings in GitLab, or take another kind of key"
        );
        let sentence = format!("{}: SECRET_KEY is masked, and its new value cannot be", ground.url());
        assert_eq!(told(error), (StoreErrorKind::Refused, sentence, hint));
        assert_eq!(all(&ground), before);
    }
}

#[test]
fn a_new_value_that_cannot_be_masked_is_written_and_said_to_be_seen_in_logs() {
    let Some(ground) = begin() else { return };
    let written = write(&*ground.open(), "short", &Version::Absent).unwrap();
    let why = "is not masked in the logs of jobs, for GitLab masks nothing that is short or has white space";
    let wanted = ["SECRET_KEY_FALLBACKS", "SECRET_KEY"].map(|name| format!("{}: {name} {why}", ground.url()));
    assert_eq!(told_of(&written.notes), wanted);
    assert_eq!(one(&ground, "SECRET_KEY")["masked"], false);
}

#[test]
fn a_dollar_in_a_variable_that_is_expanded_is_refused() {
    let Some(ground) = begin() else { return };
    make(&ground, "SECRET_KEY", "made$up", json!({ "raw": false }));
    let store = ground.open();
    let (texts, version) = read(&*store);
    assert_eq!(texts.signing.unwrap().expose(), "made$up");
    let sentence = format!(
        "{}: SECRET_KEY is expanded, and its new value has a $ in it, so jobs would get another one",
        ground.url()
    );
    let hint = "take away \"Expand variable reference\" from the variable in GitLab";
    let error = write(&*store, "made$up", &version).unwrap_err();
    assert_eq!(told(error), (StoreErrorKind::Refused, sentence, hint.to_owned()));
    assert_eq!(all(&ground).len(), 1);
}

#[test]
fn a_hidden_variable_is_told_and_not_touched() {
    for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"] {
        let Some(ground) = begin() else { return };
        make(&ground, name, KEY, json!({ "masked_and_hidden": true }));
        let before = all(&ground);
        assert_eq!(before[0]["value"], json!(null));
        let store = ground.open();
        let wanted = (
            StoreErrorKind::Unsupported,
            format!("{}: {name} is hidden, so GitLab gives its value to jobs alone", ground.url()),
            "what is hidden stays hidden: delete it, and make it anew as masked, with the key from where you keep it"
                .to_owned(),
        );
        assert_eq!(told(store.read().unwrap_err()), wanted);
        assert_eq!(told(write(&*store, KEY, &Version::Absent).unwrap_err()), wanted);
        assert_eq!(all(&ground), before);
    }
}

#[test]
fn a_variable_whose_value_jobs_get_as_a_path_is_told_and_not_touched() {
    for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"] {
        let Some(ground) = begin() else { return };
        make(&ground, name, KEY, json!({ "variable_type": "file" }));
        let before = all(&ground);
        let store = ground.open();
        let wanted = (
            StoreErrorKind::Refused,
            format!(
                "{}: {name} is of type File, so jobs get the path of a file in its place, and a path is no secret",
                ground.url()
            ),
            "make its type Variable in GitLab, under Settings, CI/CD, Variables; where a program took the path for its key, what that \
             signed is refused from then on"
                .to_owned(),
        );
        assert_eq!(told(store.read().unwrap_err()), wanted);
        assert_eq!(told(write(&*store, KEY, &Version::Absent).unwrap_err()), wanted);
        assert_eq!(all(&ground), before);
    }
    // A file at another scope is none of ours.
    let Some(ground) = begin() else { return };
    make(&ground, "SECRET_KEY", KEY, json!({ "variable_type": "file", "environment_scope": "staging" }));
    assert_eq!(read(&*ground.open()).1, Version::Absent);
}

#[test]
fn what_no_variable_can_hold_is_refused_before_anything_is_asked() {
    let Some(ground) = begin() else { return };
    let largest = "ž".repeat(10_000);
    let store = ground.open();
    let version = write(&*store, &largest, &Version::Absent).unwrap().version;
    assert_eq!(read(&*store).0, ring(&largest));
    ground.calls();
    for (key, kind, what) in [
        ("k".repeat(10_001), StoreErrorKind::TooLarge, "would be larger than 10,000 characters"),
        ("made\0up".to_owned(), StoreErrorKind::Unsupported, "would hold a NUL, which no variable can hold"),
    ] {
        let error = write(&*store, &key, &version).unwrap_err();
        let sentence = format!("{}: SECRET_KEY_FALLBACKS {what}", ground.url());
        assert_eq!((error.kind, error.sentence), (kind, sentence));
    }
    assert_eq!(ground.calls(), [""; 0]);
}
