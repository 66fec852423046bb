//! Two writers at once, one that was killed, and answers that were lost.

use keybaton_stores::{Note, StoreErrorKind};

use super::*;
use crate::ground::ring;

const CLAIM: &str = "{place}/.keybaton/SECRET_KEY";

fn ground() -> Option<Ground> {
    Ground::of("awsps")
}

impl Ground {
    /// Somebody else's claim, made when AWS's clock was that far ahead.
    fn claim(&self, text: &str, clock: i64) {
        self.trick(CLAIM, json!({ "action": "PutParameter", "clock": clock }));
        self.ask_boto3("put_parameter", claim_of(text, true));
    }

    /// The text of the claim that stands there.
    fn claim_there(&self) -> Option<String> {
        let found = self.ask_boto3("get_parameters", json!({ "Names": [CLAIM] }));
        found["Parameters"][0]["Value"].as_str().map(str::to_owned)
    }
}

fn claim_of(text: &str, overwrite: bool) -> Value {
    json!({ "Name": CLAIM, "Value": text, "Type": "String", "Overwrite": overwrite })
}

/// What another program does with the claim in the midst of ours.
fn another(text: &str, overwrite: bool) -> Value {
    json!({ "action": "PutParameter", "fields": claim_of(text, overwrite) })
}

#[test]
fn the_claim_of_somebody_at_work_is_a_conflict_and_stays() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.claim("keybaton made-up", -20);
    let (kind, sentence, hint) = told(write(&*ground.open(), "b", &version).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Conflict);
    assert_eq!(sentence, format!("{} is being written by another keybaton", ground.url()));
    assert!(hint.starts_with("nothing was written; run it again, in "), "{hint}");
    assert!(hint.ends_with(" s at the latest should the other have been killed"), "{hint}");
    assert_eq!(ground.claim_there().as_deref(), Some("keybaton made-up"));
}

#[test]
fn the_claim_of_somebody_who_was_killed_is_taken_over() {
    let Some(ground) = ground() else { return };
    let mut version = begun(&ground);
    for text in ["keybaton made-up", "keybaton made-up after other", "nonsense"] {
        ground.claim(text, -70);
        let written = write(&*ground.open(), "b", &version).unwrap();
        assert_eq!((written.notes, ground.claim_there()), (vec![], None), "{text}");
        version = written.version;
    }
}

#[test]
fn how_old_a_claim_is_the_clock_of_aws_tells_and_not_that_of_this_machine() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    for ahead in [-3600, 3600] {
        ground.claim("keybaton made-up", ahead);
        ground.trick(CLAIM, json!({ "action": "GetParameter", "clock": ahead + 20 }));
        let error = write(&*ground.open(), "b", &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Conflict, "{ahead}");
    }
    ground.claim("keybaton made-up", 0);
    ground.trick(CLAIM, json!({ "action": "GetParameter", "clock": 100 }));
    write(&*ground.open(), "b", &version).unwrap();
}

#[test]
fn a_lost_answer_to_the_claim_keeps_nobody_out() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick(CLAIM, json!({ "action": "PutParameter", "silent": true }));
    let written = write(&*ground.open(), "b", &version).unwrap();
    assert_eq!((written.notes, ground.claim_there()), (vec![], None));
}

#[test]
fn a_lost_answer_to_taking_a_claim_over_is_no_lost_claim() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.claim("keybaton made-up", -70);
    // The first one is refused, for the abandoned claim stands there.
    ground.trick(CLAIM, json!({ "action": "PutParameter", "skip": 1, "silent": true }));
    let written = write(&*ground.open(), "b", &version).unwrap();
    assert_eq!((written.notes, ground.claim_there()), (vec![], None));
}

#[test]
fn of_two_who_take_a_claim_over_the_first_holds_it() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.claim("keybaton made-up", -70);
    let first = another("keybaton first after made-up", true);
    ground.trick(CLAIM, json!({ "action": "PutParameter", "skip": 1, "before": first }));
    let error = write(&*ground.open(), "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);

    let second = another("keybaton second after made-up", true);
    ground.ask_boto3("delete_parameter", json!({ "Name": CLAIM }));
    ground.claim("keybaton made-up", -70);
    ground.trick(CLAIM, json!({ "action": "PutParameter", "skip": 1, "after": second }));
    let written = write(&*ground.open(), "b", &version).unwrap();
    // The second left it at that, so nobody is at work any more.
    assert_eq!((written.notes, ground.claim_there()), (vec![], None));
}

#[test]
fn a_fresh_claim_in_the_place_of_an_abandoned_one_is_not_taken_over() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.claim("keybaton made-up", -70);
    let removal = json!({ "action": "DeleteParameter", "fields": { "Name": CLAIM } });
    ground.trick(CLAIM, json!({ "action": "GetParameter", "after": removal }));
    let fresh = another("keybaton fresh", false);
    ground.trick(CLAIM, json!({ "action": "PutParameter", "skip": 1, "before": fresh }));
    let error = write(&*ground.open(), "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert_eq!(read(&*ground.open()), (ring("a"), version));
    // Whoever made it is at work for as long, and so nobody else is let in.
    assert!(ground.claim_there().unwrap().ends_with(" after made-up"));
}

#[test]
fn the_claim_of_the_next_writer_is_not_taken_away() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    let next = another("keybaton next", false);
    for lost in [json!({ "code": "InternalServerError", "done": true }), json!({ "silent": true })] {
        let mut trick = lost.clone();
        trick["action"] = "DeleteParameter".into();
        trick["after"] = next.clone();
        ground.trick(CLAIM, trick);
        let over = read(&*ground.open()).1;
        assert_eq!(write(&*ground.open(), "b", &over).unwrap().notes, [], "{lost}");
        assert_eq!(ground.claim_there().as_deref(), Some("keybaton next"), "{lost}");
        ground.ask_boto3("delete_parameter", json!({ "Name": CLAIM }));
    }
    assert_ne!(read(&*ground.open()).1, version);
}

#[test]
fn a_removal_that_did_not_get_through_is_tried_again() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick(CLAIM, json!({ "action": "DeleteParameter", "silent": true, "done": false }));
    assert_eq!(write(&*ground.open(), "b", &version).unwrap().notes, []);
    assert_eq!(ground.claim_there(), None);
}

#[test]
fn a_write_that_used_its_time_up_leaves_no_claim() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick("{place}/SECRET_KEY_FALLBACKS", json!({ "action": "PutParameter", "wait": 40 }));
    let error = write(&*ground.open(), "b", &version).unwrap_err();
    assert_eq!((error.kind, ground.claim_there()), (StoreErrorKind::Uncertain, None));
}

#[test]
fn a_claim_that_cannot_be_taken_away_is_told() {
    let Some(ground) = ground() else { return };
    let version = begun(&ground);
    ground.trick(CLAIM, json!({ "action": "DeleteParameter", "code": "AccessDeniedException" }));
    let written = write(&*ground.open(), "b", &version).unwrap();
    let [Note(note)] = &written.notes[..] else { panic!("{:?}", written.notes) };
    assert!(note.ends_with(" could not be taken away; it keeps other writers out for a minute"), "{note}");
}
