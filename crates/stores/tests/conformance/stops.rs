//! A write that stops between two steps: what stands there serves, and the next writer finishes it.

use std::fs;
use std::os::unix::fs::chown;
use std::sync::Arc;

use keybaton_core::time::Timestamp;
use keybaton_core::{Adoption, Change, Field, Reading, Revision, Ring, Stamp, Texts, Writes};
use keybaton_stores::{Settings, StoreErrorKind, Version};

use crate::support::{NOBODY, as_nobody, given, may_change_owners, set_mode};
use crate::world::{World, open_url, read, writable};

#[test]
fn after_any_number_of_steps_the_ring_serves_and_can_be_finished() {
    for fixture in writable().filter(|fixture| !fixture.is_atomic()) {
        for stop in 0..=4 {
            let world = World::new();
            let store = world.open(fixture);
            let ring = begin(&*store);
            let old_key = ring.signing.secret.duplicate();
            let (ring, _) = change(&*store, ring, Change::Stage);
            let (_, mut cut) = ring.change(Change::Promote, &mut stamp(4)).unwrap();
            let steps = cut.steps.len();
            cut.steps.truncate(stop);
            store.write(&cut, &read(&*store).1).unwrap();

            let (texts, version) = read(&*store);
            must_serve(&texts, old_key.expose());
            let Reading::Torn(torn) = keybaton_core::read(texts) else {
                assert!(
                    stop == 0 || stop >= steps,
                    "{}: a write cut after {stop} steps is torn",
                    fixture.template
                );
                continue;
            };
            let (_, rest) = torn.finish(&mut stamp(5));
            store.write(&rest, &version).unwrap();
            assert!(matches!(keybaton_core::read(read(&*store).0), Reading::Whole(_)));
        }
    }
}

/// What signs is accepted, and so is the key that signed before.
fn must_serve(texts: &Texts, old_key: &str) {
    let accepted: Vec<_> = texts.get(Field::Fallbacks).unwrap().split(',').collect();
    assert!(accepted.contains(&texts.get(Field::Signing).unwrap()) && accepted.contains(&old_key));
}

#[test]
fn a_first_write_that_was_cut_short_is_finished_without_being_allowed_anew() {
    for fixture in writable().filter(|fixture| !fixture.is_atomic()) {
        for stop in 1..=3 {
            let world = World::new();
            let (_, mut cut) = Adoption::nothing().begin(&mut stamp(1));
            cut.steps.truncate(stop);
            world.open(fixture).write(&cut, &Version::Absent).unwrap();

            let cautious = world.open_with(fixture, |settings| settings.may_create = false);
            let (texts, version) = read(&*cautious);
            assert_ne!(version, Version::Absent);
            let rest = match keybaton_core::read(texts) {
                // Nothing but a record stands there yet, so there is no key to keep.
                Reading::Absent => Adoption::nothing().begin(&mut stamp(2)).1,
                Reading::Torn(torn) => torn.finish(&mut stamp(2)).1,
                other => panic!("{}: after {stop} steps it is {other:?}", fixture.template),
            };
            cautious.write(&rest, &version).unwrap();
            assert!(matches!(keybaton_core::read(read(&*cautious).0), Reading::Whole(_)));
        }
    }
}

#[test]
fn a_write_that_fails_on_the_way_says_that_a_part_was_done() {
    if !may_change_owners() {
        return;
    }
    let world = World::new();
    let Some(fixture) = writable().find(|fixture| fixture.scheme() == "file") else { return };
    begin(&*world.open(fixture));
    // The other two are ours to replace, this one is not.
    set_mode(&world.path().join("key.txt"), 0o644);
    for name in ["key.txt.fallbacks", "key.txt.ring"] {
        chown(world.path().join(name), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let project = world.path().join("project");
    fs::create_dir(&project).unwrap();
    for name in ["key.txt", "key.txt.fallbacks", "key.txt.ring"] {
        fs::rename(world.path().join(name), project.join(name)).unwrap();
    }
    set_mode(&project, 0o777);
    as_nobody("stops::case_fails_on_the_way", world.path());
}

#[test]
#[ignore = "run by a_write_that_fails_on_the_way_says_that_a_part_was_done"]
fn case_fails_on_the_way() {
    let (folder, _) = given();
    let settings = Settings::new(&folder, Arc::new(|_| None));
    let store = open_url("file:project/key.txt", &settings);
    let (texts, version) = read(&*store);
    let old_key = texts.signing.as_ref().unwrap().duplicate();
    let Reading::Whole(ring) = keybaton_core::read(texts) else { panic!("the ring was whole") };
    let ring = ring.change(Change::Stage, &mut stamp(2)).unwrap().0;
    let (_, writes) = ring.change(Change::Promote, &mut stamp(3)).unwrap();
    let writes = Writes { steps: all_three(&writes), ..writes };

    let error = store.write(&writes, &version).unwrap_err();
    let path = folder.join("project/key.txt");
    assert_eq!(error.kind, StoreErrorKind::Uncertain);
    assert_eq!(
        error.sentence,
        format!(
            "cannot write {}: its owner, group and access list could not be kept, after a part of the write was done",
            path.display()
        )
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("every key in use is still accepted; mend the cause and run it again to finish")
    );
    let rest = error.rest.unwrap();
    assert_eq!(rest.kind, StoreErrorKind::Denied);
    let told = format!("cannot write {}: its owner, group and access list could not be kept", path.display());
    assert_eq!(rest.sentence, told);
    must_serve(&read(&*store).0, old_key.expose());
}

/// Record, fallbacks and key, as one write that goes from the settled ring to the promoted one.
fn all_three(writes: &Writes) -> Vec<keybaton_core::FieldWrite> {
    [Field::Record, Field::Fallbacks, Field::Signing]
        .into_iter()
        .map(|field| {
            let text = keybaton_core::SecretText::new(writes.whole.get(field).unwrap());
            keybaton_core::FieldWrite { field, text }
        })
        .collect()
}

fn begin(store: &dyn keybaton_stores::Store) -> Ring {
    let (ring, writes) = Adoption::nothing().begin(&mut stamp(1));
    store.write(&writes, &Version::Absent).unwrap();
    ring
}

fn change(store: &dyn keybaton_stores::Store, ring: Ring, change: Change) -> (Ring, Texts) {
    let (ring, writes) = ring.change(change, &mut stamp(2)).unwrap();
    store.write(&writes, &read(store).1).unwrap();
    (ring, read(store).0)
}

fn stamp(second: u64) -> Stamp<'static> {
    let random = Box::leak(Box::new(move |bytes: &mut [u8]| {
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (index as u64 * 31 + second * 97) as u8;
        }
    }));
    Stamp { now: Timestamp(second), floor: Revision(0), reason: None, random }
}
