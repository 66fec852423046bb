//! Apps with a release command, which runs before any dyno gets what was written, and may fail.

use keybaton_stores::{StoreErrorKind, Version};
use serde_json::json;

use super::{app, begin, play, told_of};
use crate::ground::{Ground, ring, told, write};
use crate::world::read;

#[test]
fn a_release_whose_command_runs_or_failed_is_told_with_what_shows_its_output() {
    for (ends, what) in [
        ("succeeded", None),
        (
            "pending",
            Some("runs its release command first; dynos restart with this write once that has succeeded"),
        ),
        (
            "failed",
            Some(
                "failed; dynos go on with the one before it, so mend that and release again before the next step",
            ),
        ),
    ] {
        let Some(ground) = begin() else { return };
        command(&ground, ends);
        let store = ground.open();
        let written = write(&*store, "a", &Version::Absent).unwrap();
        let output = format!("heroku releases:output v3 --app {}", app(&ground));
        let note = what.map(|what| format!("{}: release v3 {what}: {output}", ground.url()));
        assert_eq!(told_of(&written.notes), note.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(read(&*store), (ring("a"), written.version));
    }
}

#[test]
fn a_release_that_was_not_out_before_is_told_by_the_next_write_which_goes_on() {
    for (ends, what) in [
        ("failed", "had failed, so no dyno has what it changed; they get both at once"),
        ("pending", "is not out yet, so no dyno has what it changed; they may get both at once"),
    ] {
        let Some(ground) = begin() else { return };
        command(&ground, ends);
        let store = ground.open();
        let version = write(&*store, "a", &Version::Absent).unwrap().version;
        command(&ground, "succeeded");
        let written = write(&*store, "b", &version).unwrap();
        let note = format!("{}: release v3 before this write {what}", ground.url());
        assert_eq!(told_of(&written.notes), [note]);
        assert_eq!(write(&*store, "c", &written.version).unwrap().notes, []);
    }
}

#[test]
fn a_ring_that_no_dyno_has_yet_is_not_delivered() {
    for (ends, what, next) in [
        ("failed", "failed", "mend that and release again"),
        ("pending", "is not out yet", "wait until its release command has ended"),
    ] {
        let Some(ground) = begin() else { return };
        let store = ground.open();
        let version = write(&*store, "a", &Version::Absent).unwrap().version;
        command(&ground, ends);
        write(&*store, "b", &version).unwrap();
        let wanted = (
            StoreErrorKind::Refused,
            format!("{}: release v4 {what}, so dynos still have the ring of v3", ground.url()),
            format!("`heroku releases:output v4 --app {}` shows what its command said; {next}", app(&ground)),
        );
        assert_eq!(told(store.delivered().unwrap_err()), wanted);
        // The next release has it, whatever it is for.
        release(&ground, "Deploy 1a2b3c4d", "succeeded");
        store.delivered().unwrap();
    }
}

#[test]
fn a_release_command_that_ends_well_delivers() {
    let Some(ground) = begin() else { return };
    command(&ground, "pending");
    let store = ground.open();
    write(&*store, "a", &Version::Absent).unwrap();
    store.delivered().unwrap_err();
    ground.arrange("end", json!({ "ends": "succeeded" }));
    store.delivered().unwrap();
}

#[test]
fn code_that_could_not_be_released_or_promoted_takes_no_ring_from_the_dynos() {
    for what in ["Deploy 1a2b3c4d", "Promote shop-staging v12 1a2b3c4d"] {
        let Some(ground) = begin() else { return };
        let store = ground.open();
        write(&*store, "a", &Version::Absent).unwrap();
        for ends in ["failed", "pending"] {
            release(&ground, what, ends);
            store.delivered().unwrap();
        }
    }
}

#[test]
fn whether_it_is_delivered_costs_one_call_and_is_not_guessed() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    write(&*store, "a", &Version::Absent).unwrap();
    ground.calls();
    store.delivered().unwrap();
    assert_eq!(ground.calls(), ["GET releases"]);
    play(&ground, json!({ "refuse": [["GET releases", 403, "forbidden"]] }));
    assert_eq!(store.delivered().unwrap_err().kind, StoreErrorKind::Denied);
}

fn release(ground: &Ground, description: &str, status: &str) {
    ground.arrange("release", json!({ "description": description, "status": status }));
}

fn command(ground: &Ground, ends: &str) {
    ground.arrange("command", json!({ "ends": ends }));
}
