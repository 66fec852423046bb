//! Other writers: keybatons, which a claim keeps out, and programs that know of none.

use std::time::{SystemTime, UNIX_EPOCH};

use keybaton_core::Field;
use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{CLAIM, KEY, all, begin, make, one, play, told_of};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn a_read_is_one_call_and_a_write_claims_looks_writes_and_looks_again() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let (_, version) = read(&*store);
    assert_eq!(ground.calls(), ["list"]);
    let version = write(&*store, KEY, &version).unwrap().version;
    let made = [
        "create SECRET_KEY_RING",
        "create SECRET_KEY_FALLBACKS",
        "create SECRET_KEY",
        "update SECRET_KEY_RING",
    ];
    assert_eq!(ground.calls(), wrapped(&made));
    write(&*store, "made-up-other", &version).unwrap();
    let changed = [
        "update SECRET_KEY_RING",
        "update SECRET_KEY_FALLBACKS",
        "update SECRET_KEY",
        "update SECRET_KEY_RING",
    ];
    assert_eq!(ground.calls(), wrapped(&changed));
}

#[test]
fn who_finds_a_claim_keeps_out_unless_it_is_older_than_a_minute() {
    for (age, is_nobodys) in [(0, false), (50, false), (70, true)] {
        let Some(ground) = begin() else { return };
        let store = ground.open();
        make(&ground, CLAIM, &format!("{} made-up", now() - age), json!({}));
        match write(&*store, KEY, &Version::Absent) {
            Ok(_) => assert!(is_nobodys, "{age}"),
            Err(error) => {
                assert!(!is_nobodys, "{age}: {error}");
                must_say_at_work(&ground, told(error));
                assert_eq!(all(&ground).len(), 1);
            }
        }
    }
}

#[test]
fn a_claim_that_nobody_can_date_is_told_how_to_be_taken_away() {
    let Some(ground) = begin() else { return };
    make(&ground, CLAIM, "made by hand", json!({}));
    must_say_at_work(&ground, told(write(&*ground.open(), KEY, &Version::Absent).unwrap_err()));
    ground.arrange("delete", json!({ "name": CLAIM }));
    write(&*ground.open(), KEY, &Version::Absent).unwrap();
}

fn must_say_at_work(ground: &Ground, told: (StoreErrorKind, String, String)) {
    let sentence = format!("{} is being written by another keybaton", ground.url());
    let hint = "nothing was written; run it again in a minute, and where nobody writes, delete the variable SECRET_KEY_CLAIM";
    assert_eq!(told, (StoreErrorKind::Conflict, sentence, hint.to_owned()));
}

#[test]
fn a_claim_that_is_taken_away_before_anything_is_written_stops_the_write() {
    let Some(ground) = begin() else { return };
    let other = format!("{} another", now());
    play(&ground, json!({ "follow": [["create SECRET_KEY_CLAIM", CLAIM, other]] }));
    must_say_at_work(&ground, told(write(&*ground.open(), KEY, &Version::Absent).unwrap_err()));
    // The other one's claim stays.
    assert_eq!(all(&ground).len(), 1);
}

#[test]
fn of_two_who_find_an_abandoned_claim_the_second_leaves_the_firsts_alone() {
    let Some(ground) = begin() else { return };
    make(&ground, CLAIM, &format!("{} made-up", now() - 70), json!({}));
    let other = format!("{} another", now());
    play(&ground, json!({ "follow": [["list", CLAIM, other]] }));
    ground.calls();
    must_say_at_work(&ground, told(write(&*ground.open(), KEY, &Version::Absent).unwrap_err()));
    assert_eq!(ground.calls(), ["create SECRET_KEY_CLAIM", "list", "list"]);
    assert_eq!(one(&ground, CLAIM)["value"], other);
}

#[test]
fn a_claim_in_the_place_of_an_abandoned_one_is_looked_at_before_anything_is_written() {
    let Some(ground) = begin() else { return };
    make(&ground, CLAIM, &format!("{} made-up", now() - 70), json!({}));
    let other = format!("{} another", now());
    play(&ground, json!({ "follow": [["delete SECRET_KEY_CLAIM", CLAIM, other]] }));
    must_say_at_work(&ground, told(write(&*ground.open(), KEY, &Version::Absent).unwrap_err()));
    assert_eq!(one(&ground, CLAIM)["value"], other);
    assert_eq!(all(&ground).len(), 1);
}

#[test]
fn a_claim_that_nobody_could_look_at_is_taken_away_where_it_is_ours_alone() {
    for is_ours in [true, false] {
        let Some(ground) = begin() else { return };
        let refused = json!({ "message": "403 Forbidden" });
        let other = format!("{} another", now());
        let follow = if is_ours { json!([]) } else { json!([["create SECRET_KEY_CLAIM", CLAIM, other]]) };
        play(&ground, json!({ "refuse": [["list", 403, refused]], "follow": follow }));
        write(&*ground.open(), KEY, &Version::Absent).unwrap_err();
        assert_eq!(all(&ground).is_empty(), is_ours);
    }
}

#[test]
fn a_program_that_knows_of_no_claims_is_seen_afterwards() {
    for (after, name, value) in [
        ("update SECRET_KEY", "SECRET_KEY", "made-by-another"),
        ("update SECRET_KEY", "SECRET_KEY_FALLBACKS", ""),
        ("update SECRET_KEY", CLAIM, "1 another"),
    ] {
        let Some(ground) = begin() else { return };
        let store = ground.open();
        let version = write(&*store, KEY, &Version::Absent).unwrap().version;
        play(&ground, json!({ "follow": [[after, name, value]] }));
        let error = write(&*store, "made-up-other", &version).unwrap_err();
        let sentence = format!(
            "{}: another program wrote at the same moment, and one of the two writes is lost",
            ground.url()
        );
        let hint = "run it again: it looks first, and finishes what is half done; then see whether what the other program did has to \
                    be done again";
        assert_eq!(told(error), (StoreErrorKind::Overlap, sentence, hint.to_owned()), "{after} {name}");
    }
}

#[test]
fn a_variable_that_goes_while_it_is_written_says_that_a_part_was_done() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, KEY, &Version::Absent).unwrap().version;
    play(&ground, json!({ "follow": [["update SECRET_KEY_FALLBACKS", "SECRET_KEY", ""]] }));
    let error = write(&*store, "made-up-other", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap);
    assert!(error.sentence.ends_with(" meanwhile, after a part of the write was done"), "{error}");
    assert!(all(&ground).iter().all(|variable| variable["key"] != CLAIM));
}

#[test]
fn what_fails_and_was_done_is_done_once() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    play(&ground, json!({ "fail": ["update SECRET_KEY_RING"], "unanswered": ["create SECRET_KEY_CLAIM"] }));
    assert_eq!(write(&*store, KEY, &Version::Absent).unwrap().notes, []);
    assert_eq!(read(&*store).0, ring(KEY));
    // Of a variable that was made nobody can say who made it.
    let Some(ground) = begin() else { return };
    play(&ground, json!({ "fail": ["create SECRET_KEY"] }));
    let error = write(&*ground.open(), KEY, &Version::Absent).unwrap_err();
    assert_eq!(
        (error.kind, error.sentence.contains("it failed at first")),
        (StoreErrorKind::Uncertain, true)
    );
}

#[test]
fn a_lost_answer_leaves_it_open_whether_it_was_written() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, KEY, &Version::Absent).unwrap().version;
    play(&ground, json!({ "unanswered": ["update SECRET_KEY"] }));
    assert_eq!(write(&*store, "made-up-other", &version).unwrap_err().kind, StoreErrorKind::Uncertain);
    assert_eq!(read(&*store).0.get(Field::Signing), Some("made-up-other"));
}

#[test]
fn a_write_that_cannot_look_again_or_take_its_claim_away_says_so_and_is_written() {
    let Some(ground) = begin() else { return };
    let refused = json!({ "message": "403 Forbidden" });
    play(
        &ground,
        json!({ "refuse": [["list", 0, {}], ["list", 403, refused], ["delete SECRET_KEY_CLAIM", 403, refused]] }),
    );
    let written = write(&*ground.open(), KEY, &Version::Absent).unwrap();
    let [first, second] = told_of(&written.notes)[..] else { panic!("{:?}", written.notes) };
    let unseen = "written, but whether another program wrote at the same moment could not be seen: gitlab://";
    assert!(first.starts_with(unseen), "{first}");
    let left = "the claim SECRET_KEY_CLAIM could not be taken away; it keeps other writers out for a minute";
    assert_eq!(second, format!("{}: {left}", ground.url()));
    assert_eq!(read(&*ground.open()).0, ring(KEY));
}

fn wrapped(steps: &[&str]) -> Vec<String> {
    let calls = [&["create SECRET_KEY_CLAIM", "list"], steps, &["list", "delete SECRET_KEY_CLAIM"]].concat();
    calls.into_iter().map(str::to_owned).collect()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
