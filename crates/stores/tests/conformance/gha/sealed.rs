//! What can be told of secrets that nobody can read.

use keybaton_core::{Field, Unseen};
use keybaton_stores::Version;
use serde_json::json;

use super::{KEY, begin, play, told_by_github, told_of};
use crate::fixtures::Outside;
use crate::ground::write;
use crate::world::read;

#[test]
fn the_record_is_read_and_no_key_is() {
    let Some(ground) = begin() else { return };
    assert_eq!(told_by_github(&ground), None);
    write(&*ground.open(), KEY, &Version::Absent).unwrap();
    assert_eq!(told_by_github(&ground), Some((Some("cmVj".to_owned()), Unseen::AsRecorded)));
}

#[test]
fn a_secret_without_a_record_and_a_record_without_a_secret_are_told_apart() {
    let Some(ground) = begin() else { return };
    ground.plant(KEY);
    assert_eq!(told_by_github(&ground), Some((None, Unseen::Missing)));
    let (_, version) = read(&*ground.open());
    write(&*ground.open(), KEY, &version).unwrap();
    ground.arrange("delete", json!("secrets/SECRET_KEY"));
    assert_eq!(told_by_github(&ground), Some((Some("cmVj".to_owned()), Unseen::Missing)));
}

#[test]
fn a_secret_that_somebody_writes_later_is_told_by_its_time_and_written_over_with_a_word() {
    for field in [Field::Signing, Field::Fallbacks] {
        let Some(ground) = begin() else { return };
        let store = ground.open();
        write(&*store, KEY, &Version::Absent).unwrap();
        ground.arrange("sleep", json!(60));
        ground.hand.plant(&ground.world, field, b"made-up-by-hand");
        assert_eq!(told_by_github(&ground).unwrap().1, Unseen::WrittenSince);
        let (_, version) = read(&*store);
        let notes = write(&*store, "made-up-other", &version).unwrap().notes;
        let [note] = told_of(&notes)[..] else { panic!("{notes:?}") };
        let name = if field == Field::Signing { "SECRET_KEY" } else { "SECRET_KEY_FALLBACKS" };
        assert!(
            note.starts_with(&format!("{}: {name} was written by another program at 20", ground.url())),
            "{note}"
        );
        assert!(
            note.ends_with(
                "after keybaton's last write; a secret cannot be read, so what it was is not known"
            ),
            "{note}"
        );
        assert_eq!(told_by_github(&ground).unwrap().1, Unseen::AsRecorded);
    }
}

#[test]
fn a_secret_that_somebody_writes_straight_after_ours_is_told_at_once() {
    let Some(ground) = begin() else { return };
    let look = "GET SECRET_KEY_RING";
    play(&ground, json!({ "meddle": [[look], [look, "secret", "SECRET_KEY", "by hand"]] }));
    let notes = write(&*ground.open(), KEY, &Version::Absent).unwrap().notes;
    assert!(told_of(&notes)[0].contains("SECRET_KEY was written by another program at"), "{notes:?}");
    assert_eq!(told_by_github(&ground).unwrap().1, Unseen::WrittenSince);
}
