//! Writes whose answer was lost, or at whose moment somebody else wrote.

use std::fmt;
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use keybaton_core::{Change, Field, FieldWrite, Follow, KeyId, Phase, Texts, Writes};
use keybaton_handover::{HandoverError, cut as cut_off, remember, standing};
use keybaton_stores::{Held, Settings, Store, StoreError, StoreErrorKind, StoreUrl, Version, Written, open};

use crate::ground::{Ground, change};

/// A store behind a line that is cut once: after some steps of a write, of which this is all that comes back.
struct CutOnce {
    store: Box<dyn Store>,
    tells: StoreErrorKind,
    /// How many steps come through; [`MENDED`] once it was cut.
    steps: AtomicUsize,
}

const MENDED: usize = usize::MAX;

impl Store for CutOnce {
    fn read(&self) -> Result<Held, StoreError> {
        self.store.read()
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let through = self.steps.swap(MENDED, Ordering::Relaxed);
        if through == MENDED {
            return self.store.write(new, over);
        }
        let step = |step: &FieldWrite| FieldWrite { field: step.field, text: step.text.duplicate() };
        let steps: Vec<_> = new.steps.iter().take(through).map(step).collect();
        if !steps.is_empty() {
            self.store.write(&Writes { whole: Texts::default(), steps }, over)?;
        }
        Err(StoreError::new(self.tells, "the answer was lost"))
    }
}

impl fmt::Debug for CutOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, cut once", self.store)
    }
}

/// A ring whose store is cut off during its next write.
fn cut_after(steps: usize, changes: &[Change]) -> Ground {
    cut(StoreErrorKind::Uncertain, steps, changes)
}

/// A ring at whose next write somebody else writes too.
fn overlapped_after(steps: usize, changes: &[Change]) -> Ground {
    cut(StoreErrorKind::Overlap, steps, changes)
}

fn cut(tells: StoreErrorKind, steps: usize, changes: &[Change]) -> Ground {
    let mut ground = Ground::settled(&["dir:keys"]);
    for step in changes {
        ground.act(|world| change(&ground.places, *step, None, world)).unwrap();
    }
    let store = plain(&ground);
    ground.places.store.store = Box::new(CutOnce { store, tells, steps: AtomicUsize::new(steps) });
    ground
}

/// The store of a ground without what stands in its way.
fn plain(ground: &Ground) -> Box<dyn Store> {
    let url = StoreUrl::parse("dir:keys").unwrap();
    let settings = Settings::new(ground.folder.path(), std::sync::Arc::new(|_| None));
    open(&url, &"SECRET_KEY".parse().unwrap(), &settings).unwrap()
}

fn accepted(ground: &Ground) -> Vec<KeyId> {
    ground.ring().accepted().iter().map(|key| key.facts.id).collect()
}

#[test]
fn a_write_that_was_done_is_taken_for_done() {
    let ground = cut_after(3, &[]);
    let after = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    assert!(!after.mended && after.notes[0].0.contains("a second look found it done"), "{after:?}");
    assert_eq!(ground.ring().phase(), Phase::Staged);
}

#[test]
fn a_stage_whose_key_came_through_is_finished_and_one_whose_key_did_not_is_taken_back() {
    let ground = cut_after(2, &[]);
    assert!(ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap().mended);
    assert_eq!(ground.ring().phase(), Phase::Staged);
    let ground = cut_after(1, &[]);
    let error = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap_err();
    let HandoverError::Store(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind, StoreErrorKind::Unreachable);
    assert_eq!(error.sentence, "the answer was lost, and it was taken back");
    assert_eq!(error.hint.as_deref(), Some("run it again"));
    assert_eq!(ground.ring().phase(), Phase::Settled);
}

/// A store that takes so many steps of a write and no more, and says so with a different hint each time.
#[derive(Debug)]
struct Refusing {
    store: Box<dyn Store>,
    takes: fn(&[FieldWrite]) -> usize,
    rest: Option<StoreErrorKind>,
    times: AtomicUsize,
}

impl Store for Refusing {
    fn read(&self) -> Result<Held, StoreError> {
        self.store.read()
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let step = |step: &FieldWrite| FieldWrite { field: step.field, text: step.text.duplicate() };
        let steps: Vec<_> = new.steps.iter().take((self.takes)(&new.steps)).map(step).collect();
        let is_whole = steps.len() == new.steps.len();
        let written = self.store.write(&Writes { whole: Texts::default(), steps }, over)?;
        let time = self.times.fetch_add(1, Ordering::Relaxed);
        let refused =
            StoreError::new(StoreErrorKind::Uncertain, "it is refused").hint(format!("hint {time}"));
        let rest = self.rest.map(|kind| StoreError::new(kind, "it is refused").hint("grant it"));
        if is_whole { Ok(written) } else { Err(StoreError { rest: rest.map(Box::new), ..refused }) }
    }
}

/// What a stage ends with, and what it leaves, where the store refuses.
fn refused(takes: fn(&[FieldWrite]) -> usize, rest: Option<StoreErrorKind>) -> (Ground, HandoverError) {
    let mut ground = cut_after(MENDED, &[]);
    let store = ground.places.store.store;
    ground.places.store.store = Box::new(Refusing { store, takes, rest, times: AtomicUsize::new(0) });
    let error = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap_err();
    (ground, error)
}

#[test]
fn a_store_that_stays_written_in_part_is_called_so_with_the_first_reason() {
    let (ground, first) = refused(|_| 1, None);
    let again = ground.act(|world| standing(&ground.places, world)).unwrap_err();
    for (error, hint) in [(first, "hint 0"), (again, "hint 2")] {
        let HandoverError::Partly(error) = error else { panic!("{error:?}") };
        assert_eq!((&*error.sentence, error.hint.as_deref()), ("it is refused", Some(hint)));
    }
}

#[test]
fn a_store_that_stays_written_in_part_is_called_so_whatever_keeps_it_from_being_finished() {
    for kind in [StoreErrorKind::Unreachable, StoreErrorKind::SignInNeeded, StoreErrorKind::Denied] {
        let (mut ground, _) = refused(|_| 1, None);
        ground.places.store.store = Box::new(ReadOnly { store: plain(&ground), because: kind });
        let error = ground.act(|world| standing(&ground.places, world)).unwrap_err();
        let HandoverError::Partly(error) = error else { panic!("{error:?}") };
        assert_eq!(error.kind, kind);
    }
}

/// A store that takes no write.
#[derive(Debug)]
struct ReadOnly {
    store: Box<dyn Store>,
    because: StoreErrorKind,
}

impl Store for ReadOnly {
    fn read(&self) -> Result<Held, StoreError> {
        self.store.read()
    }

    fn write(&self, _new: &Writes, _over: &Version) -> Result<Written, StoreError> {
        Err(StoreError::new(self.because, "it takes nothing"))
    }
}

#[test]
fn a_text_that_is_refused_for_good_keeps_no_write_from_being_taken_back() {
    let (ground, error) = refused(before_the_fallbacks, None);
    let HandoverError::Store(error) = error else { panic!("{error:?}") };
    assert_eq!(error.sentence, "it is refused, and it was taken back");
    assert_eq!(error.hint.as_deref(), Some("hint 0"));
    assert_eq!(ground.ring().phase(), Phase::Settled);
}

fn before_the_fallbacks(steps: &[FieldWrite]) -> usize {
    steps.iter().take_while(|step| step.field != Field::Fallbacks).count()
}

#[test]
fn a_write_that_was_taken_back_is_told_as_what_kept_it_from_being_done() {
    for (rest, kind) in [
        (StoreErrorKind::Denied, StoreErrorKind::Denied),
        (StoreErrorKind::Refused, StoreErrorKind::Refused),
        (StoreErrorKind::TooLarge, StoreErrorKind::TooLarge),
        (StoreErrorKind::Uncertain, StoreErrorKind::Unreachable),
    ] {
        let (ground, error) = refused(before_the_fallbacks, Some(rest));
        let HandoverError::Store(error) = error else { panic!("{error:?}") };
        assert_eq!((error.kind, error.hint.as_deref()), (kind, Some("grant it; then run it again")));
        assert_eq!(ground.ring().phase(), Phase::Settled);
    }
}

#[test]
fn a_write_that_is_to_be_finished_while_somebody_is_at_work_is_only_one_for_later() {
    let (mut ground, _) = refused(|_| 1, None);
    let folder = ground.folder.path().join("keys");
    ground.places.store.store = plain(&ground);
    let held = File::open(folder).unwrap();
    held.lock().unwrap();
    let error = ground.act(|world| standing(&ground.places, world)).unwrap_err();
    let HandoverError::Store(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind, StoreErrorKind::Locked);
    assert!(error.sentence.contains("holds the lock"), "{}", error.sentence);
    drop(held);
    assert!(ground.act(|world| standing(&ground.places, world)).unwrap().mended);
}

#[test]
fn a_write_that_did_not_get_through_changed_nothing() {
    let ground = cut_after(0, &[]);
    let error = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap_err();
    let HandoverError::Store(error) = error else { panic!("{error:?}") };
    assert_eq!(
        error.sentence,
        "dir:keys: the answer to the write was lost, and it was not there when looked again"
    );
    assert_eq!(ground.ring().phase(), Phase::Settled);
}

#[test]
fn what_is_remembered_of_what_has_to_follow_is_not_lost_half_way() {
    for steps in 0..=2 {
        let ground = cut_after(steps, &[Change::Stage]);
        let kept = ground.act(|world| {
            let staged = standing(&ground.places, world)?;
            remember(&ground.places, staged, Follow::Due, world)
        });
        let is_due = ground.ring().head.is_follow_due();
        assert_eq!((kept.is_ok(), is_due), (steps > 0, steps > 0), "cut off after {steps} steps");
    }
}

#[test]
fn a_revocation_is_done_wherever_it_was_cut_off() {
    for changes in [&[][..], &[Change::Stage], &[Change::Stage, Change::Promote]] {
        for steps in 1..=4 {
            for all in [false, true] {
                let ground = cut_after(steps, changes);
                let leaked = ground.ring().signing.facts.id;
                let id = (!all).then_some(leaked);
                ground.act(|world| cut_off(&ground.places, id, world)).unwrap();
                assert!(!accepted(&ground).contains(&leaked), "{changes:?}, cut off after {steps} steps");
            }
        }
    }
}

#[test]
fn a_write_that_stands_over_somebody_elses_is_done_and_the_loss_is_told() {
    for (steps, mended) in [(3, false), (2, true)] {
        let ground = overlapped_after(steps, &[]);
        let after = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
        assert_eq!(after.lost.map(|lost| lost.kind), Some(StoreErrorKind::Overlap), "{steps} steps");
        assert_eq!((after.mended, after.notes.len()), (mended, 0));
        assert_eq!(ground.ring().phase(), Phase::Staged);
    }
}

#[test]
fn a_write_that_somebody_elses_took_the_place_of_is_no_lost_answer() {
    for steps in [0, 1] {
        let ground = overlapped_after(steps, &[]);
        let error = ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap_err();
        let HandoverError::Store(error) = error else { panic!("{error:?}") };
        assert_eq!(error.kind, StoreErrorKind::Overlap, "{steps} steps");
        assert_eq!(ground.ring().phase(), Phase::Settled);
    }
}
