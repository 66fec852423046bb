//! Who may, and what everybody else is told.

use std::fs;

use keybaton_core::RingName;
use keybaton_stores::{StoreErrorKind, StoreUrl, Version};
use serde_json::{Value, json};

use super::{begin, play};
use crate::ground::{ring, told, write};
use crate::world::{outer_environment, read, settings};

#[test]
fn the_key_that_heroku_login_left_in_netrc_is_found() {
    let Some(ground) = begin() else { return };
    let home = ground.world.path();
    let variables = json!({ "HEROKU_API_KEY": null, "HOME": home.to_str() });
    let key = std::env::var("HEROKU_API_KEY").unwrap();
    let netrc = format!("machine {}\n  login a@example.com\n  password {key}\n", host());
    fs::write(home.join(".netrc"), netrc).unwrap();
    let store = ground.open_as(&variables);
    write(&*store, "a", &Version::Absent).unwrap();
    assert_eq!(read(&*store).0, ring("a"));
    // What is there for any other machine is not for Heroku.
    for other in ["machine api.example.com", "default"] {
        fs::write(home.join(".netrc"), format!("{other} login x password {key}\n")).unwrap();
        assert_eq!(ground.open_as(&variables).read().unwrap_err().kind, StoreErrorKind::SignInNeeded);
    }
}

#[test]
fn whoever_has_no_key_or_one_that_is_none_is_told_where_one_comes_from() {
    let Some(ground) = begin() else { return };
    for key in [Value::Null, "made-up".into()] {
        let variables = json!({ "HEROKU_API_KEY": key, "HOME": ground.world.path().to_str() });
        let wanted = (
            StoreErrorKind::SignInNeeded,
            format!("{}: {} knows no valid key of yours", ground.url(), host()),
            "set HEROKU_API_KEY to what `heroku authorizations:create` or `heroku auth:token` prints, or run `heroku login`"
                .to_owned(),
        );
        assert_eq!(told(ground.open_as(&variables).read().unwrap_err()), wanted);
    }
}

#[test]
fn every_variable_that_names_a_server_does_and_a_domain_has_its_interface_at_api() {
    let Some(ground) = begin() else { return };
    let address = std::env::var("HEROKU_HOST").unwrap();
    let variables = json!({ "HEROKU_HOST": null, "HEROKU_API_URL": format!("{address}/\n") });
    assert_eq!(read(&*ground.open_as(&variables)).1, Version::Absent);
    for (value, host) in [(Value::Null, "api.heroku.com"), ("herokudev.com".into(), "api.herokudev.com")] {
        let seen = format!("{:?}", ground.open_as(&json!({ "HEROKU_HOST": value })));
        assert!(seen.contains(host), "{seen}");
    }
}

#[test]
fn an_app_is_found_by_its_id_and_one_that_is_not_there_is_told_so() {
    let Some(ground) = begin() else { return };
    write(&*ground.open(), "a", &Version::Absent).unwrap();
    let id = ground.arrange("id", json!({}));
    let open = |app: &str| ground.open_with(&format!("heroku://{app}"), &json!({}), |settings| settings);
    assert_eq!(read(&*open(id.as_str().unwrap())).0, ring("a"));
    let wanted = (
        StoreErrorKind::Malformed,
        format!("heroku://missing-app: {} has no such app", host()),
        "`heroku apps --all` shows those that you can see".to_owned(),
    );
    assert_eq!(told(open("missing-app").read().unwrap_err()), wanted);
}

#[test]
fn a_url_that_names_no_app_is_told_how_to() {
    for url in ["heroku://", "heroku://Shop", "heroku://shop/web", "heroku://shop.example"] {
        let (folder, name) = (std::env::temp_dir(), RingName::default());
        let settings = settings(&folder, outer_environment());
        let opened = keybaton_stores::open(&StoreUrl::parse(url).unwrap(), &name, &settings);
        let wanted = (
            StoreErrorKind::Malformed,
            "the heroku: URL names no app".to_owned(),
            "write heroku://APP, for example heroku://shop-production; apps have small letters, digits and - alone"
                .to_owned(),
        );
        assert_eq!(told(opened.unwrap_err()), wanted);
    }
}

#[test]
fn what_heroku_says_no_to_is_told_by_what_to_do_about_it() {
    for (status, id, kind, what) in [
        (403, "suspended", StoreErrorKind::Denied, "Heroku has suspended this app or its account"),
        (402, "delinquency", StoreErrorKind::Denied, "Heroku wants its account paid or verified first"),
        (403, "forbidden", StoreErrorKind::Denied, "you have no right to this when writing"),
        (403, "two_factor", StoreErrorKind::Denied, "you have no right to this when writing"),
        (422, "invalid_params", StoreErrorKind::Refused, "Heroku does not take these config vars"),
    ] {
        for call in ["GET releases", "GET config-vars", "PATCH config-vars"] {
            let Some(ground) = begin() else { return };
            play(&ground, json!({ "refuse": [[call, status, id]] }));
            let error = write(&*ground.open(), "a", &Version::Absent).unwrap_err();
            assert_eq!(
                (error.kind, error.sentence),
                (kind, format!("{}: {what}", ground.url())),
                "{id} {call}"
            );
            assert!(error.hint.is_some());
            assert_eq!(read(&*ground.open()).1, Version::Absent);
        }
    }
}

#[test]
fn who_asked_too_often_is_asked_to_wait() {
    let Some(ground) = begin() else { return };
    play(
        &ground,
        json!({ "refuse": [["GET config-vars", 429, "rate_limit"], ["GET config-vars", 503, "x"]] }),
    );
    assert_eq!(read(&*ground.open()).1, Version::Absent);
    play(&ground, json!({ "refuse": vec![json!(["GET config-vars", 429, "rate_limit"]); 6] }));
    let (kind, sentence, hint) = told(ground.open().read().unwrap_err());
    assert_eq!(kind, StoreErrorKind::Unreachable);
    assert!(sentence.ends_with(" is busy (HTTP 429 Too Many Requests)"), "{sentence}");
    assert_eq!(hint, "nothing was written; try again in a few minutes");
}

fn host() -> String {
    std::env::var("HEROKU_HOST").unwrap().replace("https://", "")
}
