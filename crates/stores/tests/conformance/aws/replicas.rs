//! A secret's copies in other regions.

use std::time::{Duration, Instant};

use keybaton_stores::Note;

use super::*;
use crate::hands::Hand;
use crate::world::World;

impl Ground {
    fn replicate(&self, name: &str) {
        let regions = json!([{ "Region": "eu-west-1" }]);
        let fields = json!({ "SecretId": name, "AddReplicaRegions": regions });
        self.ask_boto3("replicate_secret_to_regions", fields);
    }
}

#[test]
fn three_secrets_are_waited_for_once_all_are_written() {
    if Ground::of("awssm").is_none() {
        return;
    }
    let ground = Ground { world: World::new(), hand: Hand("awssm?region=us-east-1&layout=separate") };
    let version = begun(&ground);
    ["{place}", "{place}-fallbacks", "{place}-ring"].iter().for_each(|name| ground.replicate(name));
    ground.asked();
    assert_eq!(write(&*ground.open(), "b", &version).unwrap().notes, []);
    let calls = ground.asked();
    let calls: Vec<&str> = calls.as_array().unwrap().iter().map(|call| call.as_str().unwrap()).collect();
    let last_write = calls.iter().rposition(|call| *call == "UpdateSecretVersionStage").unwrap();
    // One look before each of the four writes, and one after all of them for each secret at the least.
    assert_eq!(calls[..last_write].iter().filter(|call| **call == "DescribeSecret").count(), 4, "{calls:?}");
    assert!(calls[last_write..].iter().filter(|call| **call == "DescribeSecret").count() >= 3, "{calls:?}");
    for name in ["{place}", "{place}-fallbacks", "{place}-ring"] {
        let told = ground.ask_boto3("describe_secret", json!({ "SecretId": name }));
        assert_eq!(told["ReplicationStatus"][0]["Status"], "InSync", "{name}");
    }
}

#[test]
fn a_replica_that_failed_is_told_with_the_reason_and_not_waited_for() {
    let Some(ground) = Ground::of("awssm") else { return };
    let version = begun(&ground);
    let elsewhere = ground.url().replace("us-east-1", "eu-west-1");
    let other = ground.open_with(&elsewhere, &json!({}), |settings| settings);
    write(&*other, "other", &Version::Absent).unwrap();
    ground.replicate("{place}");
    let began = Instant::now();
    let written = write(&*ground.open(), "b", &version).unwrap();
    assert!(began.elapsed() < Duration::from_secs(10));
    let [Note(note)] = &written.notes[..] else { panic!("{:?}", written.notes) };
    assert!(
        note.contains(" to eu-west-1, where the old value stays: Replication failed: Secret name "),
        "{note}"
    );
}
