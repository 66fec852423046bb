//! Other writers: keybatons, which a claim keeps out, and programs that know of none.

use std::time::{SystemTime, UNIX_EPOCH};

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::{Value, json};

use super::{KEY, begin, calls, kept, play, told_by_github, told_of};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

const LOOK: [&str; 3] = ["GET SECRET_KEY_RING", "GET SECRET_KEY", "GET SECRET_KEY_FALLBACKS"];
const CLAIM: &str = "SECRET_KEY_CLAIM";

#[test]
fn a_read_is_three_calls_and_a_write_claims_looks_writes_in_order_and_looks_again() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let (_, version) = read(&*store);
    assert_eq!(calls(&ground), [&LOOK[..], &["GET public-key"]].concat());
    let version = write(&*store, KEY, &version).unwrap().version;
    let made = |first| {
        [first, "GET public-key", "PUT SECRET_KEY_FALLBACKS", "PUT SECRET_KEY", "PATCH SECRET_KEY_RING"]
    };
    assert_eq!(calls(&ground), wrapped(&made("POST variables")));
    write(&*store, "made-up-other", &version).unwrap();
    assert_eq!(calls(&ground), wrapped(&made("PATCH SECRET_KEY_RING")));
}

fn wrapped(made: &[&str]) -> Vec<String> {
    let (claim, is_ours, release) =
        (["POST variables"], ["GET SECRET_KEY_CLAIM"], ["DELETE SECRET_KEY_CLAIM"]);
    let all = [&claim[..], &LOOK, &is_ours, made, &LOOK, &is_ours, &release];
    all.concat().into_iter().map(str::to_owned).collect()
}

#[test]
fn who_finds_a_claim_keeps_out_unless_it_is_older_than_a_minute() {
    for (age, is_nobodys) in [(0, false), (50, false), (70, true)] {
        let Some(ground) = begin() else { return };
        ground.arrange("variable", json!({ "name": CLAIM, "text": format!("{} made-up", now() - age) }));
        match write(&*ground.open(), KEY, &Version::Absent) {
            Ok(_) => assert!(is_nobodys, "{age}"),
            Err(error) => {
                assert!(!is_nobodys, "{age}: {error}");
                must_say_at_work(&ground, told(error));
                assert_eq!(kept(&ground)["secrets"], json!({}));
            }
        }
    }
}

#[test]
fn of_two_who_find_an_abandoned_claim_the_second_leaves_the_firsts_alone() {
    let Some(ground) = begin() else { return };
    ground.arrange("variable", json!({ "name": CLAIM, "text": format!("{} made-up", now() - 70) }));
    let (look, other) = ("GET SECRET_KEY_CLAIM", format!("{} another", now()));
    play(&ground, json!({ "meddle": [[look], [look, "variable", CLAIM, other]] }));
    calls(&ground);
    must_say_at_work(&ground, told(write(&*ground.open(), KEY, &Version::Absent).unwrap_err()));
    assert_eq!(calls(&ground), ["POST variables", look, look]);
    assert_eq!(kept(&ground)["variables"][CLAIM]["value"], other);
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn must_say_at_work(ground: &Ground, told: (StoreErrorKind, String, String)) {
    let sentence = format!("{} is being written by another keybaton", ground.url());
    let hint = "nothing was written; run it again in a minute, and where nobody writes, delete the variable SECRET_KEY_CLAIM";
    assert_eq!(told, (StoreErrorKind::Conflict, sentence, hint.to_owned()));
}

#[test]
fn a_claim_whose_answer_was_lost_is_ours_all_the_same() {
    for (trick, name) in [("unanswered", "lost"), ("fail", "failed")] {
        let Some(ground) = begin() else { return };
        play(&ground, json!({ trick: ["POST variables"] }));
        write(&*ground.open(), KEY, &Version::Absent).unwrap();
        assert_eq!(read(&*ground.open()).0, ring(KEY), "{name}");
        assert_eq!(kept(&ground)["variables"].as_object().unwrap().len(), 1);
    }
}

#[test]
fn a_claim_that_stays_behind_is_told() {
    let Some(ground) = begin() else { return };
    play(&ground, json!({ "refuse": [["DELETE SECRET_KEY_CLAIM", 403]] }));
    let notes = write(&*ground.open(), KEY, &Version::Absent).unwrap().notes;
    let note = "the claim SECRET_KEY_CLAIM could not be taken away; it keeps other writers out for a minute";
    assert_eq!(told_of(&notes), [format!("{}: {note}", ground.url())]);
}

#[test]
fn a_claim_that_somebody_takes_away_while_we_write_is_no_write_of_ours_alone() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    play(&ground, meddling("PUT SECRET_KEY", "variable", CLAIM, "1 made-up"));
    must_be_between(&ground, told(write(&*store, KEY, &Version::Absent).unwrap_err()));
    // It is not ours to take away.
    assert_eq!(kept(&ground)["variables"][CLAIM]["value"], "1 made-up");
}

#[test]
fn a_record_that_somebody_else_writes_between_is_found_by_the_second_look_and_mended_by_the_next_run() {
    let Some(ground) = begin() else { return };
    let (store, look) = (ground.open(), "GET SECRET_KEY_RING");
    play(&ground, json!({ "meddle": [[look], [look, "variable", "SECRET_KEY_RING", "b3RoZXI"]] }));
    must_be_between(&ground, told(write(&*store, KEY, &Version::Absent).unwrap_err()));
    assert_eq!(told_by_github(&ground).unwrap().0.as_deref(), Some("b3RoZXI"));
    let (_, version) = read(&*store);
    write(&*store, KEY, &version).unwrap();
    assert_eq!(read(&*store).0, ring(KEY));
}

fn must_be_between(ground: &Ground, told: (StoreErrorKind, String, String)) {
    let sentence = format!("{}: another program wrote the record at the same moment", ground.url());
    let hint = "run it again: it looks first, and writes anew what may be mixed";
    assert_eq!(told, (StoreErrorKind::Uncertain, sentence, hint.to_owned()));
}

#[test]
fn what_somebody_wrote_after_the_look_is_a_conflict_and_stays() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, KEY, &Version::Absent).unwrap().version;
    ground.plant("made-up-by-hand");
    let error = write(&*store, "made-up-other", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert_eq!(kept(&ground)["secrets"]["SECRET_KEY"]["value"], "made-up-by-hand");
}

#[test]
fn a_write_that_stops_half_way_says_so_and_its_record_tells() {
    for (call, is_first) in [
        ("PATCH SECRET_KEY_RING", false),
        ("PUT SECRET_KEY_FALLBACKS", false),
        ("PUT SECRET_KEY", false),
        ("POST variables", true),
    ] {
        let Some(ground) = begin() else { return };
        let store = ground.open();
        play(&ground, json!({ "refuse": [[call, 403]] }));
        let (kind, sentence, _) = told(write(&*store, KEY, &Version::Absent).unwrap_err());
        let wanted = if is_first { StoreErrorKind::Denied } else { StoreErrorKind::Uncertain };
        assert_eq!(kind, wanted, "{call}: {sentence}");
        assert_eq!(sentence.ends_with("after a part of the write was done"), !is_first, "{sentence}");
    }
}

fn meddling(call: &str, kind: &str, name: &str, text: &str) -> Value {
    json!({ "meddle": [[call, kind, name, text]] })
}
