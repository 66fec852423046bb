//! Other writers: those who wrote before, and those who write at the same moment.

use super::*;
use crate::ground::told;

#[test]
fn a_read_is_one_call_and_a_write_four() {
    let Some((world, fixture)) = begin() else { return };
    let store = world.open(fixture);
    let (_, version) = read(&*store);
    assert_eq!(calls(&world), json!(["get"]));
    let version = write(&*store, "a", &version).unwrap().version;
    assert_eq!(calls(&world), json!(["versions", "get", "set", "versions"]));
    assert_eq!(read(&*store).1, version);
    assert_eq!(calls(&world), json!(["get"]));
    write(&*store, "b", &version).unwrap();
    assert_eq!(calls(&world), json!(["versions", "get", "set", "versions"]));
}

#[test]
fn a_write_over_another_version_than_the_current_one_writes_nothing() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    let other = world.open(fixture);
    write(&*other, "b", &version).unwrap();
    read(&*store);
    calls(&world);
    let error = write(&*store, "c", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    assert_eq!(error.hint.as_deref(), Some("nothing was written; run it again"));
    assert_eq!(calls(&world), json!(["get"]));
    // Also where the store has read it, and another has written since.
    let version = read(&*store).1;
    write(&*other, "d", &version).unwrap();
    calls(&world);
    assert_eq!(write(&*store, "e", &version).unwrap_err().kind, StoreErrorKind::Conflict);
    assert_eq!(calls(&world), json!(["versions", "get"]));
    assert_eq!(read(&*store).0, ring("d"));
}

#[test]
fn what_was_written_over_unseen_is_a_conflict_and_can_be_looked_at() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    play(&world, json!({ "overtake": ["{\"from\": \"another\"}"] }));
    let (kind, sentence, hint) = told(write(&*store, "b", &version).unwrap_err());
    assert_eq!(kind, StoreErrorKind::Overlap);
    let (before, other) = sentence.split_once(": this write went over version ").unwrap();
    assert_eq!(before, world.url(fixture));
    let other = other.strip_suffix(", which another program made at the same moment").unwrap();
    let name = name(&world, fixture);
    let command =
        format!("`az keyvault secret show --vault-name made-up-vault --name {name} --version {other}`");
    assert!(hint.contains(&command) && hint.contains("a key that it revoked is accepted again"), "{hint}");
    let versions = HAND.ask(&world, json!({ "do": "versions" }));
    assert!(versions.as_array().unwrap().contains(&other.into()), "{versions} {other}");
    let (texts, version) = read(&*store);
    assert_eq!(texts, ring("b"));
    // That it was there is known by now.
    assert_eq!(write(&*store, "c", &version).unwrap().notes, []);
}

#[test]
fn a_lost_answer_hides_nobody_who_was_written_over() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    play(&world, json!({ "overtake": ["{}"], "unanswered": ["set"] }));
    assert_eq!(write(&*store, "b", &version).unwrap_err().kind, StoreErrorKind::Overlap);
    assert_eq!(read(&*store).0, ring("b"));
}

#[test]
fn who_was_written_over_is_told_that_another_value_stands() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    play(&world, json!({ "follow": ["{\"SECRET_KEY\": \"another\"}"] }));
    let error = write(&*store, "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict);
    let (before, ours) = error.sentence.split_once(" right after this write, which is version ").unwrap();
    assert_eq!(before, format!("{}: another program wrote {}", world.url(fixture), name(&world, fixture)));
    let ours = ours.strip_suffix(" now").unwrap();
    assert!(HAND.ask(&world, json!({ "do": "versions" })).as_array().unwrap().contains(&ours.into()));
    assert_eq!(error.hint.as_deref(), Some("run it again: it goes on from what stands there"));
    assert_eq!(read(&*store).0.get(Field::Signing), Some("another"));
}

#[test]
fn two_who_create_at_the_same_moment_find_each_other() {
    let Some((world, fixture)) = begin() else { return };
    play(&world, json!({ "overtake": ["{\"SECRET_KEY\": \"another\"}"] }));
    let error = write(&*world.open(fixture), "a", &Version::Absent).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap, "{error}");
}

#[test]
fn one_among_many_versions_is_found_wherever_it_is_listed() {
    let Some((world, fixture)) = begin() else { return };
    let (store, _) = begun(&world, fixture);
    for number in 0..30 {
        put_whole(&world, &format!("{{\"SECRET_KEY\": \"{number}\"}}"), json!({}));
    }
    // Versions are listed by names that are random, so that it stands on one page or on the other.
    for round in 0..4 {
        let (_, version) = read(&*store);
        play(&world, json!({ "overtake": ["{}"] }));
        calls(&world);
        let error = write(&*store, &format!("b{round}"), &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Overlap);
        let twice = json!(["versions", "versions", "get", "set", "versions", "versions", "get"]);
        assert_eq!(calls(&world), twice);
        let (_, version) = read(&*store);
        assert_eq!(write(&*store, &format!("c{round}"), &version).unwrap().notes, []);
    }
}

#[test]
fn an_attempt_that_failed_and_was_done_is_no_other_writer() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    read(&*store);
    calls(&world);
    play(&world, json!({ "fail": ["set"] }));
    let written = write(&*store, "b", &version).unwrap();
    assert_eq!(written.notes, []);
    assert_eq!(calls(&world), json!(["versions", "get", "set", "set", "versions", "get"]));
    assert_eq!(HAND.ask(&world, json!({ "do": "versions" })).as_array().unwrap().len(), 3);
    play(&world, json!({ "fail": ["set"], "overtake": ["{}"] }));
    assert_eq!(write(&*store, "c", &written.version).unwrap_err().kind, StoreErrorKind::Overlap);
}

#[test]
fn a_lost_answer_leaves_it_open_whether_it_was_written() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    play(&world, json!({ "unanswered": ["set"] }));
    let error = write(&*store, "b", &version).unwrap_err();
    assert_eq!(
        (error.kind, &*error.hint.unwrap()),
        (StoreErrorKind::Uncertain, "run it again: it looks first")
    );
    assert_eq!(read(&*store).0, ring("b"));
}

#[test]
fn a_refusal_after_a_failure_leaves_it_open_whether_it_was_written() {
    for refusal in [json!(401), json!(403), json!("ObjectIsDeletedButRecoverable"), json!(418)] {
        let Some((world, fixture)) = begin() else { return };
        let (store, version) = begun(&world, fixture);
        play(&world, json!({ "fail": ["set"], "refuse": [["set", 0], ["set", refusal]] }));
        let error = write(&*store, "b", &version).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Uncertain, "{error}");
        assert_eq!(read(&*store).0, ring("b"));
    }
}

#[test]
fn a_write_that_cannot_look_again_says_so_and_is_written() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    play(&world, json!({ "refuse": [["versions", 0], ["versions", 403]] }));
    let written = write(&*store, "b", &version).unwrap();
    let [Note(note)] = &written.notes[..] else { panic!("{:?}", written.notes) };
    let told = "written, but whether another program wrote at the same moment could not be seen: akv://";
    assert!(note.starts_with(told), "{note}");
    assert_eq!(read(&*store), (ring("b"), written.version.clone()));
    play(&world, json!({ "overtake": ["{}"], "refuse": [["get", 0], ["get", 403]] }));
    let error = write(&*store, "c", &written.version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap);
    assert!(error.sentence.contains("which write stands could not be seen"), "{error}");
}

#[test]
fn a_vault_that_is_busy_is_asked_again() {
    let Some((world, fixture)) = begin() else { return };
    let (store, version) = begun(&world, fixture);
    play(&world, json!({ "refuse": [["get", 429], ["get", 503]] }));
    assert_eq!(read(&*store), (ring("a"), version.clone()));
    play(&world, json!({ "refuse": [["set", 429], ["set", "ObjectIsBeingRecovered"]] }));
    write(&*store, "b", &version).unwrap();
    assert_eq!(read(&*store).0, ring("b"));
}

#[test]
fn a_list_that_goes_on_elsewhere_is_only_looked_for_in_its_own_vault() {
    let Some((world, fixture)) = begin() else { return };
    let (store, _) = begun(&world, fixture);
    let name = name(&world, fixture);
    for (elsewhere, pages) in [
        (format!("https://made-up-vault.vault.azure.net:443/secrets/{name}/versions?api-version=7.4"), 2),
        (format!("https://other.vault.azure.net/secrets/{name}/versions?api-version=7.4"), 2),
        (format!("https://made-up-vault.vault.azure.net/secrets/{name}-x/versions?api-version=7.4"), 2),
        ("http://127.0.0.1:1/?api-version=7.4".to_owned(), 2),
        ("https://keybaton.example/secrets".to_owned(), 1),
    ] {
        let (_, version) = read(&*store);
        play(&world, json!({ "next_page": elsewhere }));
        calls(&world);
        assert_eq!(write(&*store, "b", &version).unwrap().notes, []);
        let wanted = [&["versions"; 2][..pages], &["get", "set", "versions"]].concat();
        assert_eq!(calls(&world), json!(wanted), "{elsewhere}");
    }
}

#[test]
fn of_three_values_one_that_another_writes_meanwhile_stops_the_write() {
    let Some((world, _)) = begin() else { return };
    let separate = tested().filter(|fixture| fixture.scheme() == "akv").nth(1).unwrap();
    let store = world.open(separate);
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    play(&world, json!({ "follow": ["another"] }));
    let error = write(&*store, "b", &version).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Overlap);
    assert!(error.sentence.ends_with(" now, after a part of the write was done"), "{error}");
    assert_eq!(read(&*store).0.get(Field::Signing), Some("another"));
    // Before the first of them is written, all are compared.
    calls(&world);
    assert_eq!(write(&*store, "c", &version).unwrap_err().kind, StoreErrorKind::Conflict);
    assert_eq!(calls(&world), json!(["get"]));
}
