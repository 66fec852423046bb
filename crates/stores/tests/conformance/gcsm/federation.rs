//! Workload identity federation: the places where a proof of who one is elsewhere can stand.

use std::os::unix::fs::PermissionsExt;

use super::login::{by, variable};
use super::*;
use crate::scripted::{Scripted, answer};

const SUBJECT: &str = "made-up-subject";

/// What the store gives whoever has such a file; or why it does not.
fn with_source(world: &World, fixture: &Fixture, source: Value, more: Value) -> Result<Texts, StoreError> {
    let text = std::fs::read_to_string(variable("FEDERATED")).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["credential_source"] = source;
    json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let file = world.path().join("federated.json");
    std::fs::write(&file, json.to_string()).unwrap();
    let way = ("GOOGLE_APPLICATION_CREDENTIALS", file.to_str().unwrap().to_owned());
    match by(world, fixture, &[way]).read()? {
        keybaton_stores::Held::Texts(texts, _) => Ok(texts),
        keybaton_stores::Held::Sealed { .. } => panic!("nothing is sealed there"),
        keybaton_stores::Held::Absent => Ok(Texts::default()),
    }
}

fn program(world: &World, script: &str) -> String {
    let file = world.path().join("prove");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{} please", file.display())
}

fn allow(world: &World) {
    let allowed = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES".to_owned();
    world.environment.lock().unwrap().insert(allowed, "1".into());
}

#[test]
fn a_proof_stands_in_a_file_or_comes_from_a_server_or_a_program() {
    let Some((world, fixture)) = begin() else { return };
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    allow(&world);
    let shaped = json!({ "type": "json", "subject_token_field_name": "proof" });
    let file = world.path().join("proof.json");
    std::fs::write(&file, json!({ "proof": SUBJECT }).to_string()).unwrap();
    let server =
        Scripted::new(vec![answer(200, SUBJECT), answer(200, &json!({ "proof": SUBJECT }).to_string())]);
    let proving = program(
        &world,
        r#"[ "$1$GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE" = please0 ] && [ -n "$GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE" ] || exit 9
echo '{"version": 1, "success": true, "token_type": "urn:ietf:params:oauth:token-type:jwt", "id_token": "made-up-subject"}'"#,
    );
    for source in [
        json!({ "file": file, "format": shaped }),
        json!({ "url": server.address(), "headers": { "Metadata": "True" } }),
        json!({ "url": server.address(), "format": shaped }),
        json!({ "executable": { "command": proving, "timeout_millis": 20_000 } }),
    ] {
        assert_eq!(with_source(&world, fixture, source.clone(), json!({})).unwrap(), ring("a"), "{source}");
    }
    assert_eq!(server.asked(), ["GET", "GET"]);
}

#[test]
fn who_is_known_from_elsewhere_may_act_for_an_account() {
    let Some((world, fixture)) = begin() else { return };
    write(&*world.open(fixture), "a", &Version::Absent).unwrap();
    let text = std::fs::read_to_string(variable("ACTING")).unwrap();
    let acting: Value = serde_json::from_str(&text).unwrap();
    let name = "service_account_impersonation_url";
    let file = world.path().join("proof");
    std::fs::write(&file, SUBJECT).unwrap();
    let texts = with_source(&world, fixture, json!({ "file": file }), json!({ name: acting[name] }));
    assert_eq!(texts.unwrap(), ring("a"));
}

#[test]
fn a_proof_that_cannot_be_had_is_told() {
    let Some((world, fixture)) = begin() else { return };
    let url = "http://keybaton.example/proof";
    let [failing, babbling, refusing] = [
        "exit 3",
        "echo made-up-subject",
        r#"echo '{"success": false, "token_type": "x", "id_token": "made-up-subject", "message": "made-up-subject"}'"#,
    ];
    let shaped = json!({ "type": "json", "subject_token_field_name": "proof" });
    let file = world.path().join("no.json");
    std::fs::write(&file, "{}").unwrap();
    let mut told = vec![
        (json!({ "file": "/nonexistent" }), "there is no file /nonexistent"),
        (json!({ "file": file, "format": shaped }), "name a proof that is not there"),
        (
            json!({ "file": file, "format": { "type": "xml" } }),
            "lacks something that credentials of its type have",
        ),
        (json!({ "url": url }), "name a server that is asked without TLS"),
        (json!({ "environment_id": "aws1" }), "which only Google's own programs know"),
        (json!({ "executable": { "command": "/nonexistent" } }), "ALLOW_EXECUTABLES=1 if you trust it"),
    ];
    let expect = |told: &[(Value, &str)]| {
        for (source, told) in told {
            let error = with_source(&world, fixture, source.clone(), json!({})).unwrap_err();
            assert_eq!(error.kind, StoreErrorKind::SignInNeeded, "{error}");
            assert!(error.sentence.ends_with(told), "{error}");
            assert!(!format!("{error} {error:?}").contains(SUBJECT), "{error}");
        }
    };
    expect(&told);
    allow(&world);
    for (script, why) in
        [(failing, "ended with exit status: 3"), (babbling, "printed no JSON"), (refusing, "gave no proof")]
    {
        told = vec![(json!({ "executable": { "command": program(&world, script) } }), why)];
        expect(&told);
    }
}
