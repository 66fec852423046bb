//! Who one is to Google, and what one may not do.

use std::env;

use super::*;
use crate::scripted::{Scripted, answer};

/// Opens the store as somebody else; what is not named is as usual.
pub(super) fn by(world: &World, fixture: &Fixture, variables: &[(&str, String)]) -> Box<dyn Store> {
    // Where no log-in is found, the next place is asked, and nowhere is the real one of whoever runs the tests.
    let nobody =
        [("GOOGLE_APPLICATION_CREDENTIALS", String::new()), ("CLOUDSDK_CONFIG", "/nonexistent".to_owned())];
    for (name, value) in nobody.iter().chain(variables) {
        world.environment.lock().unwrap().insert((*name).to_owned(), value.into());
    }
    world.open(fixture)
}

pub(super) fn variable(name: &str) -> String {
    env::var(format!("KEYBATON_TEST_GCP_{name}")).unwrap()
}

#[test]
fn every_usual_way_to_sign_in_is_known() {
    let Some((world, fixture)) = begin() else { return };
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let file = world.path().join("token");
    std::fs::write(&file, format!("{}\n", variable("TOKEN"))).unwrap();
    let log_in = world.path().join("application_default_credentials.json");
    std::fs::copy(variable("PERSON"), log_in).unwrap();
    let ways = [
        ("GOOGLE_APPLICATION_CREDENTIALS", variable("READER")),
        ("GOOGLE_APPLICATION_CREDENTIALS", variable("PERSON")),
        ("GOOGLE_APPLICATION_CREDENTIALS", variable("FEDERATED")),
        ("GOOGLE_APPLICATION_CREDENTIALS", variable("ACTING")),
        ("GOOGLE_OAUTH_ACCESS_TOKEN", variable("TOKEN")),
        ("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", file.to_str().unwrap().to_owned()),
        ("CLOUDSDK_CONFIG", world.path().to_str().unwrap().to_owned()),
    ];
    for way in ways {
        world.environment.lock().unwrap().clear();
        assert_eq!(read(&*by(&world, fixture, std::slice::from_ref(&way))).0, ring("a"), "{way:?}");
    }
}

#[test]
fn who_has_to_sign_in_is_told_how() {
    let Some((world, fixture)) = begin() else { return };
    let broken = world.path().join("broken.json");
    std::fs::write(&broken, "{\"type\": \"authorized_user\", \"refresh_token\": \"made-up\"}").unwrap();
    let file = "GOOGLE_APPLICATION_CREDENTIALS";
    let ways = [
        ((file, variable("LOGGED_OUT")), " are not accepted (HTTP 400)"),
        ((file, "/nonexistent".to_owned()), ": there is no file /nonexistent"),
        ((file, broken.to_str().unwrap().to_owned()), " lacks something that credentials of its type have"),
        ((file, world.path().to_str().unwrap().to_owned()), ""),
        (("GOOGLE_OAUTH_ACCESS_TOKEN", variable("EXPIRED_TOKEN")), " does not accept your credentials"),
        (("GOOGLE_OAUTH_ACCESS_TOKEN", "made-up".to_owned()), " does not accept your credentials"),
    ];
    for (way, told) in ways {
        world.environment.lock().unwrap().clear();
        let error = by(&world, fixture, &[way]).read().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::SignInNeeded, "{error}");
        assert!(error.sentence.ends_with(told), "{error}");
        assert!(error.hint.as_ref().unwrap().starts_with("gcloud auth application-default login"));
        assert!(!format!("{error} {error:?}").contains("made-up-old"));
    }
}

#[test]
fn a_machine_of_googles_has_credentials_of_its_own_and_others_have_none() {
    let Some((world, fixture)) = begin() else { return };
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let on = |machine: String| by(&world, fixture, &[("GCE_METADATA_HOST", machine)]);
    assert_eq!(read(&*on(variable("METADATA"))).0, ring("a"));
    let page = Scripted::new(vec![answer(200, "<h1>Welcome</h1>")]);
    for machine in ["127.0.0.1:1", page.address().strip_prefix("http://").unwrap()] {
        let error = on(machine.to_owned()).read().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::SignInNeeded);
        let told = ": there are no credentials here, and this is no machine of Google's";
        assert!(error.sentence.ends_with(told), "{error}");
    }
}

#[test]
fn a_reader_that_wants_to_write_is_told_what_it_lacks() {
    let Some((world, fixture)) = begin() else { return };
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let reader = by(&world, fixture, &[("GOOGLE_APPLICATION_CREDENTIALS", variable("READER"))]);
    let (held, version) = read(&*reader);
    assert_eq!(held, ring("a"));
    let error = write(&*reader, "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Denied);
    let name = world.url(fixture).rsplit_once('/').unwrap().1.to_owned();
    assert_eq!(
        error.hint.unwrap(),
        format!(
            "it needs secretmanager.secrets.get, or there is no such secret: gcloud secrets add-iam-policy-binding {name} \
             --project=my-project --role=roles/secretmanager.viewer --member=WHO"
        )
    );
}

#[test]
fn a_token_goes_through_no_network_in_clear() {
    let open = |endpoint: &str| {
        let endpoint = endpoint.to_owned();
        let environment = move |name: &str| {
            (name == "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER").then(|| endpoint.clone().into())
        };
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), std::sync::Arc::new(environment));
        keybaton_stores::open(
            &StoreUrl::parse("gcsm://my-project/shop").unwrap(),
            &RingName::default(),
            &settings,
        )
    };
    for endpoint in
        ["", "https://example.com/", "http://localhost:8080/", "http://127.0.0.1", "http://[::1]:80"]
    {
        assert!(open(endpoint).is_ok(), "{endpoint}");
    }
    for endpoint in [
        "http://example.com/",
        "http://localhost.example.com/",
        "https://user@example.com",
        "https://",
        "example.com",
        "https://a/b",
    ] {
        assert_eq!(open(endpoint).unwrap_err().kind, StoreErrorKind::Malformed, "{endpoint}");
    }
}
