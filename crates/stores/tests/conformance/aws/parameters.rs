//! Writes to Parameter Store that were done and not said to be, and the writes of others in between.

use keybaton_stores::{Note, StoreErrorKind};

use super::*;
use crate::ground::ring;

const FALLBACKS: &str = "{place}/SECRET_KEY_FALLBACKS";

#[test]
fn a_read_is_one_call_and_a_write_ten() {
    let Some(ground) = Ground::of("awsps") else { return };
    let version = begun(&ground);
    ground.asked();
    let store = ground.open();
    assert_eq!(read(&*store).1, version);
    assert_eq!(ground.asked(), json!(["GetParameters"]));
    write(&*store, "b", &version).unwrap();
    let mut wanted = vec!["DescribeParameters", "DescribeParameters", "PutParameter", "GetParameters"];
    // The record, the fallbacks, the key and the record again.
    wanted.extend(["PutParameter"; 4]);
    wanted.extend(["GetParameter", "DeleteParameter"]);
    assert_eq!(ground.asked(), json!(wanted));
}

#[test]
fn a_write_that_was_done_and_answered_with_an_error_is_not_blamed_on_others() {
    let Some(ground) = Ground::of("awsps") else { return };
    let failed = json!({ "action": "PutParameter", "code": "InternalServerError", "done": true });
    // At the first version as at later ones, and twice in a row.
    let mut version = Version::Absent;
    for (key, times) in [("a", 1), ("b", 1), ("c", 2)] {
        let mut trick = failed.clone();
        trick["times"] = times.into();
        ground.trick(FALLBACKS, trick);
        let written = write(&*ground.open(), key, &version).unwrap();
        assert_eq!(read(&*ground.open()), (ring(key), written.version.clone()), "{key}");
        version = written.version;
    }
}

#[test]
fn a_write_of_another_program_in_between_is_told_also_where_ours_is_in_doubt() {
    let Some(ground) = Ground::of("awsps") else { return };
    let version = begun(&ground);
    let fields = json!({ "Name": FALLBACKS, "Value": "foreign", "Type": "SecureString", "Overwrite": true });
    let foreign = json!({ "action": "PutParameter", "fields": fields });
    for trick in [
        json!({ "action": "PutParameter", "before": foreign }),
        json!({ "action": "PutParameter", "code": "InternalServerError", "done": true, "after": foreign }),
        json!({ "action": "PutParameter", "code": "InternalServerError", "after": foreign }),
    ] {
        ground.trick(FALLBACKS, trick.clone());
        let over = read(&*ground.open()).1;
        let (kind, sentence, _) = told(write(&*ground.open(), "b", &over).unwrap_err());
        assert_eq!(kind, StoreErrorKind::Overlap, "{trick}");
        assert!(sentence.contains("another program wrote at the same moment"), "{trick}: {sentence}");
    }
    assert_ne!(read(&*ground.open()).1, version);
}

#[test]
fn a_refusal_after_a_failure_leaves_it_open_whether_it_was_written() {
    for code in ["AccessDeniedException", "ParameterMaxVersionLimitExceeded"] {
        let Some(ground) = Ground::of("awsps") else { return };
        let version = begun(&ground);
        let record = "{place}/SECRET_KEY_RING";
        ground
            .trick(record, json!({ "action": "PutParameter", "code": "InternalServerError", "done": true }));
        ground.trick(record, json!({ "action": "PutParameter", "code": code }));
        let (kind, sentence, _) = told(write(&*ground.open(), "b", &version).unwrap_err());
        assert_eq!(kind, StoreErrorKind::Uncertain, "{code}");
        // It was the first of all texts.
        assert!(!sentence.contains("after a part"), "{sentence}");
    }
}

#[test]
fn a_page_in_the_place_of_an_answer_leaves_it_open_whether_it_was_written() {
    let record = "{place}/SECRET_KEY_RING";
    let page = |status: u16| json!({ "action": "PutParameter", "page": status });
    let failed = json!({ "action": "PutParameter", "code": "InternalServerError", "done": true });
    for tricks in [vec![page(200)], vec![failed, page(302)]] {
        let Some(ground) = Ground::of("awsps") else { return };
        let version = begun(&ground);
        tricks.iter().for_each(|trick| ground.trick(record, trick.clone()));
        let error = write(&*ground.open(), "b", &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{tricks:?}: {error}");
        assert_ne!(read(&*ground.open()).1, version);
    }
}

#[test]
fn a_page_where_nothing_was_to_be_written_is_none_of_the_store() {
    for status in [200, 302] {
        let Some(ground) = Ground::of("awsps") else { return };
        ground.trick("{place}", json!({ "action": "GetParameters", "page": status }));
        assert_eq!(ground.open().read().unwrap_err().kind, StoreErrorKind::Malformed, "{status}");
    }
}

#[test]
fn a_parameter_that_is_to_expire_is_told_with_each_write() {
    let Some(ground) = Ground::of("awsps") else { return };
    let version = begun(&ground);
    let policies = json!([
        { "Type": "NoChangeNotification", "Version": "1.0", "Attributes": { "After": "20", "Unit": "Days" } },
        { "Type": "Expiration", "Version": "1.0", "Attributes": { "Timestamp": "2100-01-01T00:00:00.000Z" } },
    ]);
    let mut fields = json!({ "Name": FALLBACKS, "Value": "a", "Type": "SecureString", "Tier": "Advanced" });
    fields["Overwrite"] = true.into();
    fields["Policies"] = policies.to_string().into();
    ground.ask_boto3("put_parameter", fields);
    let over = read(&*ground.open()).1;
    let written = write(&*ground.open(), "b", &over).unwrap();
    let url = ground.url();
    let place = url.split(['?', ':']).nth(1).unwrap().trim_start_matches("//");
    let name = format!("{place}/SECRET_KEY_FALLBACKS");
    let what = format!("a policy lets {name} expire at 2100-01-01T00:00:00.000Z, and AWS deletes it then");
    assert_eq!(written.notes, [Note(format!("{}: {what}", ground.url()))]);
    assert_ne!(over, version);
    let told = ground.ask_boto3("describe_parameters", filter(FALLBACKS));
    assert_eq!(told["Parameters"][0]["Policies"].as_array().map(Vec::len), Some(2), "{told}");
}

/// The stand-in's first page is always empty.
fn filter(name: &str) -> Value {
    json!({ "ParameterFilters": [{ "Key": "Name", "Values": [name] }], "NextToken": "0" })
}
