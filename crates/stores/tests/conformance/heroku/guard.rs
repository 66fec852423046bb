//! Other writers: those who wrote before, and those who write at the same moment.

use keybaton_core::Field;
use keybaton_stores::{Settings, StoreErrorKind, Version};
use serde_json::json;

use super::{app, begin, play, releases};
use crate::ground::{ring, told, write};
use crate::world::read;

#[test]
fn a_read_is_one_call_and_a_write_four_which_make_one_release() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let (_, version) = read(&*store);
    assert_eq!(ground.calls(), ["GET config-vars"]);
    let version = write(&*store, "a", &version).unwrap().version;
    let calls = ["GET releases", "GET config-vars", "PATCH config-vars", "GET releases"];
    assert_eq!(ground.calls(), calls);
    write(&*store, "b", &version).unwrap();
    assert_eq!(ground.calls(), calls);
    let names = "SECRET_KEY, SECRET_KEY_FALLBACKS, SECRET_KEY_RING";
    assert_eq!(
        releases(&ground),
        [format!("Set {names} config vars"), "Set SECRET_KEY, SECRET_KEY_FALLBACKS config vars".to_owned()]
    );
}

#[test]
fn a_write_over_what_another_program_left_writes_nothing() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    ground.arrange("set", json!({ "SECRET_KEY": "by-hand" }));
    ground.calls();
    assert_eq!(write(&*store, "b", &version).unwrap_err().kind, StoreErrorKind::Conflict);
    assert_eq!(ground.calls(), ["GET releases", "GET config-vars"]);
}

#[test]
fn a_ring_that_was_written_over_unseen_is_a_conflict_which_names_both_releases() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    play(&ground, json!({ "overtake": [{ "SECRET_KEY": "another" }] }));
    let wanted = (
        StoreErrorKind::Overlap,
        format!(
            "{}: this write (v5) went over one that another program made at the same moment (v4)",
            ground.url()
        ),
        format!(
            "what v4 changed in the ring is lost, and a key that it revoked is accepted again: see with \
             `heroku releases --app {}` whose it was, and do again what it did",
            app(&ground)
        ),
    );
    assert_eq!(told(write(&*store, "b", &version).unwrap_err()), wanted);
    // That it was there is known by now.
    let (texts, version) = read(&*store);
    assert_eq!(texts, ring("b"));
    assert_eq!(write(&*store, "c", &version).unwrap().notes, []);
}

#[test]
fn who_was_written_over_is_told_that_something_else_stands() {
    let Some(ground) = begin() else { return };
    play(&ground, json!({ "follow": [{ "SECRET_KEY": "another" }] }));
    let error = write(&*ground.open(), "b", &Version::Absent).unwrap_err();
    let wanted = (
        StoreErrorKind::Conflict,
        format!("{}: another program wrote right after this write (v4)", ground.url()),
        "run it again: it goes on from what stands there".to_owned(),
    );
    assert_eq!(told(error), wanted);
    assert_eq!(read(&*ground.open()).0.get(Field::Signing), Some("another"));
}

#[test]
fn a_release_that_leaves_the_ring_alone_is_nobodys_loss() {
    for other in [
        json!("Deploy 1a2b3c4d"),
        json!("Promote shop-staging v12 1a2b3c4d"),
        json!("Attach DATABASE (@ref:postgresql-made-up)"),
        json!("Rollback to v3"),
        json!({ "OTHER": "another" }),
    ] {
        for when in ["overtake", "follow"] {
            let Some(ground) = begin() else { return };
            let version = write(&*ground.open(), "a", &Version::Absent).unwrap().version;
            // After the write, v3 has the ring of before it.
            let is_lost = when == "follow" && other == "Rollback to v3";
            let mut tricks = json!({});
            tricks[when] = json!([other]);
            play(&ground, tricks);
            let written = write(&*ground.open(), "b", &version);
            assert_eq!(written.is_err(), is_lost, "{other} {when}");
            assert!(written.is_err_and(|error| error.kind == StoreErrorKind::Conflict) == is_lost);
        }
    }
}

#[test]
fn what_a_rollback_brought_back_and_is_written_over_is_told() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let mut version = write(&*store, "a", &Version::Absent).unwrap().version;
    version = write(&*store, "b", &version).unwrap().version;
    play(&ground, json!({ "overtake": ["Rollback to v3", "Deploy 1a2b3c4d"] }));
    let error = write(&*store, "c", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap);
    assert!(error.sentence.contains("this write (v7) went over one that another program made"), "{error}");
}

#[test]
fn a_lost_answer_hides_nobody_who_was_written_over() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    let lost = ["PATCH config-vars"];
    play(&ground, json!({ "overtake": [{ "SECRET_KEY": "another" }], "unanswered": lost }));
    assert_eq!(write(&*store, "b", &version).unwrap_err().kind, StoreErrorKind::Overlap);
}

#[test]
fn an_attempt_that_failed_and_was_done_is_no_other_writer() {
    let Some(ground) = begin() else { return };
    play(&ground, json!({ "fail": ["PATCH config-vars"] }));
    assert_eq!(write(&*ground.open(), "a", &Version::Absent).unwrap().notes, []);
    assert_eq!(releases(&ground).len(), 1);
}

#[test]
fn a_lost_answer_leaves_it_open_whether_it_was_written() {
    let Some(ground) = begin() else { return };
    play(&ground, json!({ "unanswered": ["PATCH config-vars"] }));
    let error = write(&*ground.open(), "a", &Version::Absent).unwrap_err();
    assert_eq!(
        (error.kind, error.hint.as_deref()),
        (StoreErrorKind::Uncertain, Some("run it again: it looks first"))
    );
    assert_eq!(read(&*ground.open()).0, ring("a"));
}

#[test]
fn a_write_that_cannot_look_again_says_so_and_is_written() {
    let Some(ground) = begin() else { return };
    let store = ground.open();
    play(&ground, json!({ "refuse": [["GET releases", 0, ""], ["GET releases", 403, "forbidden"]] }));
    let written = write(&*store, "a", &Version::Absent).unwrap();
    let told = "written, but whether another program wrote at the same moment could not be seen: heroku://";
    assert!(written.notes[0].0.starts_with(told), "{:?}", written.notes);
    assert_eq!(read(&*store), (ring("a"), written.version.clone()));
    let refuse = json!([["GET config-vars v4", 403, "forbidden"]]);
    play(&ground, json!({ "overtake": [{ "OTHER": "x" }], "refuse": refuse }));
    let error = write(&*store, "b", &written.version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap);
    let told = "another program changed the app at the same moment (v4, v5), and whether that was the ring could not be seen";
    assert!(error.sentence.contains(told), "{error}");
}

#[test]
fn nothing_is_made_and_no_dyno_restarted_without_leave() {
    let Some(ground) = begin() else { return };
    let open = |may_create| {
        ground.open_with(&ground.url(), &json!({}), |settings| Settings { may_create, ..settings })
    };
    let error = write(&*open(false), "a", &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Missing);
    assert!(error.hint.unwrap().ends_with("this and each later write restarts its dynos"));
    assert_eq!(releases(&ground), [""; 0]);
    let version = write(&*open(true), "a", &Version::Absent).unwrap().version;
    write(&*open(false), "b", &version).unwrap();
}

#[test]
fn more_than_an_app_can_have_is_refused_before_it_is_sent() {
    let Some(ground) = begin() else { return };
    ground.arrange("set", json!({ "OTHER": "x".repeat(30 << 10) }));
    let store = ground.open();
    let error = write(&*store, &"k".repeat(1 << 10), &Version::Absent).unwrap_err();
    let wanted = (
        StoreErrorKind::TooLarge,
        format!("{}: all config vars together would be larger than 32 KB", ground.url()),
        "take out some that nobody reads, or retire some keys".to_owned(),
    );
    assert_eq!(told(error), wanted);
    // What is written over does not count, and just enough room is enough.
    let names: usize = ["OTHER", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"]
        .iter()
        .map(|name| name.len())
        .sum();
    let room = (32 << 10) - (30 << 10) - names - "cmVj".len();
    let version = write(&*store, &"k".repeat(room / 2), &Version::Absent).unwrap().version;
    write(&*store, &"l".repeat(room / 2), &version).unwrap();
}
