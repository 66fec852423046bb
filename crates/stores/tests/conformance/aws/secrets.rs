//! Writes to Secrets Manager whose answer was lost, and the writes of others in between.

use keybaton_stores::StoreErrorKind;

use super::*;
use crate::ground::ring;

fn ground() -> Option<Ground> {
    Ground::of("awssm")
}

/// The move of AWSCURRENT, which is the first of its kind in each write.
fn moving(mut how: Value) -> Value {
    how["action"] = "UpdateSecretVersionStage".into();
    how
}

/// A value of another program, current at once.
fn foreign() -> Value {
    let fields = json!({
        "SecretId": "{place}",
        "SecretString": "{\"SECRET_KEY\": \"foreign\"}",
        "ClientRequestToken": "made-up-made-up-made-up-made-up-made-up",
    });
    json!({ "action": "PutSecretValue", "fields": fields })
}

fn labels(ground: &Ground) -> String {
    ground.ask_boto3("describe_secret", json!({ "SecretId": "{place}" }))["VersionIdsToStages"].to_string()
}

#[test]
fn a_read_is_one_call_and_a_write_four() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.asked();
    let store = ground.open();
    assert_eq!(read(&*store).1, version);
    assert_eq!(ground.asked(), json!(["GetSecretValue"]));
    write(&*store, "b", &version).unwrap();
    let wanted = ["DescribeSecret", "PutSecretValue", "UpdateSecretVersionStage", "UpdateSecretVersionStage"];
    assert_eq!(ground.asked(), json!(wanted));
}

#[test]
fn a_move_that_is_dropped_or_whose_answer_is_lost_is_no_conflict() {
    let Some(ground) = ground() else { return };
    let mut version = begun(&ground);
    for (key, how) in [
        ("b", json!({ "silent": true, "done": false })),
        ("c", json!({ "silent": true })),
        ("d", json!({ "code": "InternalServiceError", "done": true })),
    ] {
        ground.trick("{place}", moving(how.clone()));
        let written = write(&*ground.open(), key, &version).unwrap();
        assert_eq!((written.notes, read(&*ground.open()).0), (vec![], ring(key)), "{how}");
        assert!(!labels(&ground).contains("KEYBATON"));
        version = written.version;
    }
}

#[test]
fn a_move_that_nobody_answers_is_in_doubt_also_where_nobody_says_what_became_of_it() {
    for (is_done, is_told) in [(true, false), (false, false), (false, true)] {
        let Some(ground) = ground() else { return };
        let version = begun(&ground);
        ground.trick("{place}", moving(json!({ "silent": true, "done": is_done, "times": 6 })));
        if !is_told {
            // The first look is before the move.
            ground.trick(
                "{place}",
                json!({ "action": "DescribeSecret", "skip": 1, "silent": true, "times": 6 }),
            );
        }
        let error = write(&*ground.open(), "b", &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{is_done}, {is_told}: {error}");
    }
}

#[test]
fn a_move_after_another_program_wrote_is_a_conflict_and_leaves_no_label() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick("{place}", moving(json!({ "before": foreign() })));
    assert_eq!(write(&*ground.open(), "b", &version).unwrap_err().kind, StoreErrorKind::Conflict);
    assert!(!labels(&ground).contains("KEYBATON"));
}

#[test]
fn a_move_that_was_done_and_then_overtaken_is_in_doubt() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick("{place}", moving(json!({ "silent": true, "after": foreign() })));
    assert_eq!(write(&*ground.open(), "b", &version).unwrap_err().kind, StoreErrorKind::Uncertain);
}

#[test]
fn a_secret_whose_creation_is_not_answered_is_made_once() {
    let Some(ground) = ground() else { return };
    ground.trick("{place}", json!({ "action": "CreateSecret", "silent": true }));
    let version = begun(&ground);
    assert_eq!(read(&*ground.open()), (ring("a"), version));
}

#[test]
fn a_creation_that_is_never_answered_is_in_doubt() {
    let Some(ground) = ground() else { return };
    ground.trick("{place}", json!({ "action": "CreateSecret", "silent": true, "times": 6 }));
    let error = write(&*ground.open(), "a", &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Uncertain);
    assert_eq!(read(&*ground.open()).0, ring("a"));
}

#[test]
fn a_label_whose_removal_was_not_answered_is_gone() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick("{place}", moving(json!({ "skip": 1, "silent": true })));
    assert_eq!(write(&*ground.open(), "b", &version).unwrap().notes, []);
    assert!(!labels(&ground).contains("KEYBATON"));
}

#[test]
fn a_refusal_after_a_failure_leaves_it_open_whether_it_was_written() {
    for code in ["AccessDeniedException", "LimitExceededException"] {
        let Some(ground) = ground() else { return };
        let failed = json!({ "action": "CreateSecret", "code": "InternalServiceError", "done": true });
        ground.trick("{place}", failed);
        ground.trick("{place}", json!({ "action": "CreateSecret", "code": code }));
        let error = write(&*ground.open(), "a", &Version::Absent).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{code}");
        assert_eq!(read(&*ground.open()).0, ring("a"));
    }
}

#[test]
fn a_secret_is_found_by_its_arn_without_a_region_and_not_made_by_one() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    let arn = ground.ask_boto3("describe_secret", json!({ "SecretId": "{place}" }))["ARN"].take();
    let by_arn = format!("awssm://{}", arn.as_str().unwrap());
    let elsewhere = json!({ "AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": null });
    let store = ground.open_with(&by_arn, &elsewhere, |settings| settings);
    assert_eq!(read(&*store), (ring("a"), version.clone()));
    write(&*store, "b", &version).unwrap();
    assert_eq!(read(&*ground.open()).0, ring("b"));
    let store = ground.open_with(&format!("{by_arn}-other"), &elsewhere, |settings| settings);
    let (kind, sentence, _) = told(write(&*store, "a", &Version::Absent).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Missing);
    assert!(sentence.ends_with(" is not there, and AWS makes no secret by an ARN"), "{sentence}");
}

#[test]
fn a_value_that_was_put_aside_and_not_said_to_be_leaves_nothing_in_doubt() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick("{place}", json!({ "action": "PutSecretValue", "silent": true, "times": 6 }));
    let (kind, sentence, hint) = told(write(&*ground.open(), "b", &version).unwrap_err());
    let blamed = format!("{}: AWS did not say whether it took the new value", ground.url());
    assert_eq!((kind, sentence), (StoreErrorKind::Unreachable, blamed));
    assert_eq!(hint, "no program reads it, and the old one stands; run it again");
    ground.trick(
        "{place}",
        json!({ "action": "PutSecretValue", "code": "InternalServiceError", "done": true }),
    );
    ground.trick("{place}", json!({ "action": "PutSecretValue", "code": "AccessDeniedException" }));
    assert_eq!(write(&*ground.open(), "b", &version).unwrap_err().kind, StoreErrorKind::Denied);
    assert_eq!(read(&*ground.open()), (ring("a"), version.clone()));
    write(&*ground.open(), "b", &version).unwrap();
    assert!(!labels(&ground).contains("KEYBATON"));
}

#[test]
fn the_first_value_of_a_secret_is_in_doubt_where_it_was_not_said_to_be_taken() {
    let Some(ground) = ground() else { return };
    ground.ask_boto3("create_secret", json!({ "Name": "{place}" }));
    ground.trick("{place}", json!({ "action": "PutSecretValue", "silent": true, "times": 6 }));
    let error = write(&*ground.open(), "a", &Version::Absent).unwrap_err();
    assert_eq!((error.kind, read(&*ground.open()).0), (StoreErrorKind::Uncertain, ring("a")));
}
