//! Who may, and what everybody else is told.

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{KEY, begin, make, play};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn every_variable_that_names_a_token_does() {
    for name in ["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN", "GITLAB_PRIVATE_TOKEN"] {
        let Some(ground) = begin() else { return };
        let mut variables = json!({ "GITLAB_TOKEN": null });
        variables[name] = format!("{}\n", token("MAINTAINER")).into();
        let store = ground.open_as(&variables);
        write(&*store, KEY, &Version::Absent).unwrap();
        assert_eq!(read(&*store).0, ring(KEY));
    }
}

#[test]
fn every_variable_that_names_a_server_does_and_gitlab_com_is_the_usual_one() {
    let Some(ground) = begin() else { return };
    let host = std::env::var("GITLAB_HOST").unwrap();
    let bare = host.strip_prefix("https://").unwrap();
    for (name, address) in
        [("GITLAB_HOST", bare), ("GITLAB_URL", &*format!("{host}/")), ("CI_SERVER_URL", &*host)]
    {
        let mut variables = json!({ "GITLAB_HOST": null });
        variables[name] = address.into();
        assert_eq!(read(&*ground.open_as(&variables)).1, Version::Absent, "{name}");
    }
    let usual = ground.open_as(&json!({ "GITLAB_HOST": null }));
    assert!(format!("{usual:?}").contains("gitlab.com"), "{usual:?}");
}

#[test]
fn whoever_has_no_token_or_one_that_is_none_any_more_is_told_which_one_is_needed() {
    let Some(ground) = begin() else { return };
    for token in [Value::Null, "made-up".into(), token("REVOKED").into()] {
        let error = ground.open_as(&json!({ "GITLAB_TOKEN": token })).read().unwrap_err();
        let wanted = (
            StoreErrorKind::SignInNeeded,
            format!("{}: {} knows no valid token of yours", ground.url(), host()),
            "set GITLAB_TOKEN to an access token with the scope api; a job's own CI_JOB_TOKEN may not read variables"
                .to_owned(),
        );
        assert_eq!(told(error), wanted);
    }
}

#[test]
fn a_token_that_may_only_read_reads_and_is_told_what_it_lacks_for_more() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), KEY, &Version::Absent).unwrap();
    let store = ground.open_as(&json!({ "GITLAB_TOKEN": token("READER") }));
    let (texts, version) = read(&*store);
    assert_eq!(texts, ring(KEY));
    must_be_denied(&ground, write(&*store, "made-up-other", &version), "the token needs the scope api");
    assert_eq!(read(&*store).0, ring(KEY));
}

#[test]
fn a_role_that_is_too_low_is_told_the_one_that_is_needed() {
    let Some(ground) = begin() else { return };
    for (kind, who, need) in [
        ("project", "DEVELOPER", "it needs the role Maintainer in the project"),
        ("group", "MAINTAINER", "it needs the role Owner in the group"),
    ] {
        let url = format!("{}?kind={kind}", ground.url());
        let store = ground.open_with(&url, &json!({ "GITLAB_TOKEN": token(who) }), |settings| settings);
        assert_eq!(told(store.read().unwrap_err()).2, need);
    }
}

fn must_be_denied(
    ground: &Ground,
    outcome: Result<keybaton_stores::Written, keybaton_stores::StoreError>,
    need: &str,
) {
    let sentence = format!("{}: you have no right to this when writing", ground.url());
    assert_eq!(told(outcome.unwrap_err()), (StoreErrorKind::Denied, sentence, need.to_owned()));
}

#[test]
fn what_gitlab_says_no_to_is_told_by_what_to_do_about_it() {
    let Some(_) = begin() else { return };
    for (status, body, kind, what) in [
        (
            403,
            json!({ "message": "403 Forbidden - You cannot perform write operations on a read-only instance" }),
            StoreErrorKind::Unreachable,
            format!("{} is read-only now", host()),
        ),
        (
            400,
            json!({ "message": { "base": ["Maximum number of project variables (8000) exceeded"] } }),
            StoreErrorKind::TooLarge,
            "there are as many variables as GitLab keeps".to_owned(),
        ),
        (
            400,
            json!({ "message": { "value": ["is invalid"] } }),
            StoreErrorKind::Refused,
            "GitLab does not take this value for a variable that is set up so".to_owned(),
        ),
        (
            418,
            json!({}),
            StoreErrorKind::Malformed,
            format!("{} answers with HTTP 418, which nobody expects when writing", host()),
        ),
    ] {
        let Some(ground) = begin() else { return };
        play(&ground, json!({ "refuse": [["create SECRET_KEY_RING", status, body]] }));
        let error = write(&*ground.open(), KEY, &Version::Absent).unwrap_err();
        assert_eq!((error.kind, error.sentence), (kind, format!("{}: {what}", ground.url())));
        assert!(error.hint.is_some());
        // The claim is gone, so that nobody has to wait.
        write(&*ground.open(), KEY, &Version::Absent).unwrap();
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let Some(ground) = begin() else { return };
    make(&ground, "SECRET_KEY", KEY, json!({}));
    play(&ground, json!({ "refuse": [["list", 429, {}], ["list", 503, {}]] }));
    assert_eq!(read(&*ground.open()).0.signing.unwrap().expose(), KEY);
}

fn token(who: &str) -> String {
    std::env::var(format!("KEYBATON_TEST_GITLAB_{who}_TOKEN")).unwrap()
}

fn host() -> String {
    std::env::var("GITLAB_HOST").unwrap().replace("https://", "")
}
