//! Apps with a release command, which runs before any dyno gets what was written, and may fail.

use keybaton_stores::Version;
use serde_json::json;

use super::{app, begin, told_of};
use crate::ground::{Ground, ring, write};
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
fn a_release_that_had_failed_before_is_told_by_the_next_write() {
    let Some(ground) = begin() else { return };
    command(&ground, "failed");
    let store = ground.open();
    let version = write(&*store, "a", &Version::Absent).unwrap().version;
    command(&ground, "succeeded");
    let written = write(&*store, "b", &version).unwrap();
    let note = format!(
        "{}: release v3 before this write had failed, so no dyno has what it changed; they get both at once",
        ground.url()
    );
    assert_eq!(told_of(&written.notes), [note]);
    assert_eq!(write(&*store, "c", &written.version).unwrap().notes, []);
}

fn command(ground: &Ground, ends: &str) {
    ground.arrange("command", json!({ "ends": ends }));
}
