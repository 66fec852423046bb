//! A store that gives its keys to nobody, beside one that can be read.

use keybaton_core::time::Timestamp;
use keybaton_core::{Adoption, Change, Revision, Ring, SecretText, Stamp, Unseen, read, read_sealed};

use super::*;

fn changed(ring: Option<&Ring>) -> Ring {
    let mut bytes = (0..=u8::MAX).cycle();
    let mut random = |into: &mut [u8]| into.fill_with(|| bytes.next().unwrap_or_default());
    let mut stamp =
        Stamp { now: Timestamp(9), floor: Revision::default(), reason: None, random: &mut random };
    match ring {
        None => Adoption::keys(SecretText::new("made-up"), Vec::new()).begin(&mut stamp).0,
        Some(ring) => {
            let Reading::Whole(ring) = read(ring.texts()) else { panic!("a ring in order") };
            ring.change(Change::Stage, &mut stamp).unwrap().0
        }
    }
}

/// What is said of it, and of both.
fn told(ring: &Ring, record: Option<&str>, keys: Unseen) -> (String, String, usize) {
    let (whole, sealed) = (read(ring.texts()), read_sealed(record, keys));
    let difference = Difference::of(("a", &whole), ("b", &sealed));
    let shared = difference.rows.iter().filter(|row| row.a.is_some() && row.b.is_some()).count();
    (described(&sealed), difference.sentence(), shared)
}

#[test]
fn its_record_tells_whether_it_has_the_same() {
    let settled = changed(None);
    let (staged, record) = (changed(Some(&settled)), settled.texts().record.unwrap());
    let ring = format!("ring {}, revision 1", settled.head.id);
    let as_it_says = format!("{ring}, as its record says; keys cannot be read there");
    let same = "equal: the same write of the same ring".to_owned();
    assert_eq!(told(&settled, Some(&record), Unseen::AsRecorded), (as_it_says.clone(), same, 1));
    let behind = "different: the same ring, and B is behind".to_owned();
    assert_eq!(told(&staged, Some(&record), Unseen::AsRecorded), (as_it_says, behind, 1));
}

#[test]
fn what_was_written_by_others_is_gone_or_has_no_record_is_never_called_equal() {
    let settled = changed(None);
    let record = settled.texts().record.unwrap();
    let ring = format!("ring {}, revision 1", settled.head.id);
    for (record, keys, what, sentence) in [
        (
            Some(&*record),
            Unseen::WrittenSince,
            format!("{ring}, and a key was written since by somebody else; keys cannot be read there"),
            "different: the same write of the same ring, and perhaps not the same keys",
        ),
        (
            Some(&*record),
            Unseen::Missing,
            format!("{ring}, a write was cut short, is under way or was undone"),
            "different: the same write of the same ring, and perhaps not the same keys",
        ),
        (
            None,
            Unseen::AsRecorded,
            "keys that cannot be read, without a record".to_owned(),
            "cannot be told: the keys of one cannot be read, and it has no record of them",
        ),
    ] {
        let (described, said, _) = told(&settled, record, keys);
        assert_eq!((described, &*said), (what, sentence));
    }
}
