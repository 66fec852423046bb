//! Sequences of changes with crashes between any two texts, seen by readers who take the texts one after another.

use std::collections::BTreeSet;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Change, Goal, KeyId, Next, Policy, Reading, Reporting, Ring, Seen, Writes, next,
};
use proptest::prelude::*;

use crate::cupboard::{Cupboard, Dice};

/// One turn of a writer: what it would like to do, and after how many texts it is killed.
#[derive(Clone, Copy, Debug)]
struct Turn {
    wish: Wish,
    killed_after: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Onward,
    Abort,
    Revoke,
}

/// What consumers could see in the store at one moment.
#[derive(PartialEq)]
struct Moment {
    signing: String,
    fallbacks: BTreeSet<String>,
    /// Keys whose signatures are still good.
    live: BTreeSet<String>,
    /// How many changes had begun, and how many of them had ended.
    begun: usize,
    ended: usize,
}

#[derive(Default)]
struct History {
    moments: Vec<Moment>,
    signed: BTreeSet<String>,
    changes: usize,
}

impl History {
    fn record(&mut self, states: &[Cupboard], after: &Ring) {
        let accepted: BTreeSet<String> = keys(after);
        for texts in states {
            let signing = texts.signing.clone().unwrap();
            self.signed.insert(signing.clone());
            let fallbacks =
                texts.fallbacks.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect();
            let live = self.signed.intersection(&accepted).cloned().collect();
            let open = usize::from(!matches!(texts.read(), Reading::Whole(_)));
            let (begun, ended) = (self.changes, self.changes - open);
            self.moments.push(Moment { signing, fallbacks, live, begun, ended });
        }
        self.moments.dedup();
    }

    /// What a reader refuses that takes NAME at one moment and NAME_FALLBACKS at another, up to two changes apart.
    fn refused(&self) -> Option<String> {
        self.moments.iter().enumerate().find_map(|(at, late)| {
            let close = |early: &&Moment| late.begun - early.ended <= 2;
            let mut early = self.moments[..=at].iter().rev().take_while(close);
            early.find_map(|early| refused(late, early, late).or_else(|| refused(late, late, early)))
        })
    }
}

/// A key whose signature is good at the end, and is refused by who holds these two texts.
fn refused(end: &Moment, signing: &Moment, fallbacks: &Moment) -> Option<String> {
    let held = |key: &&String| **key == signing.signing || fallbacks.fallbacks.contains(*key);
    end.live.iter().find(|key| !held(key)).cloned()
}

fn keys(ring: &Ring) -> BTreeSet<String> {
    ring.accepted().iter().map(|key| key.secret.expose().to_owned()).collect()
}

/// The change that a wish comes to, where it comes to one.
fn change(wish: Wish, ring: &Ring) -> Option<Change> {
    let oldest = ring.retiring.last().map(|retiring| Change::Retire(retiring.key.facts.id));
    let change = match wish {
        Wish::Onward if ring.next.is_some() => Change::Promote,
        Wish::Onward => oldest.unwrap_or(Change::Stage),
        Wish::Abort => Change::Abort,
        Wish::Revoke => Change::Revoke(ring.signing.facts.id),
    };
    ring.misfit(change).is_none().then_some(change)
}

/// Writes some or all of the texts. The store serves and is never taken for edited, however little was written.
fn write(cupboard: &mut Cupboard, writes: &Writes, after: &Ring, killed: Option<usize>, past: &mut History) {
    let states = cupboard.prefixes(writes);
    let count = killed.map_or(states.len(), |killed| states.len().min(killed + 1));
    past.record(&states[1..count], after);
    for state in &states[..count] {
        assert!(state.signing.as_deref().is_some_and(|key| !key.is_empty()), "{state:?}");
        assert!(matches!(state.read(), Reading::Whole(_) | Reading::Torn(_)), "{:?}", state.read());
    }
    *cupboard = states[count - 1].clone();
}

fn play(turns: &[Turn]) -> (Cupboard, History) {
    let (mut dice, mut past, mut cupboard) = (Dice(3), History::default(), Cupboard::default());
    let (_, writes) = dice.stamped(1, |stamp| Adoption::nothing().begin(stamp));
    cupboard.write(&writes);
    past.record(std::slice::from_ref(&cupboard), &cupboard.ring());
    for (now, turn) in (10..).step_by(10).zip(turns) {
        if let Reading::Torn(torn) = cupboard.read() {
            let (after, writes) = dice.stamped(now, |stamp| torn.finish(stamp));
            write(&mut cupboard, &writes, &after, turn.killed_after, &mut past);
            continue;
        }
        let ring = cupboard.ring();
        let Some(change) = change(turn.wish, &ring) else { continue };
        past.changes += 1;
        let (after, writes) = dice.change(ring, change, now).unwrap();
        write(&mut cupboard, &writes, &after, turn.killed_after, &mut past);
    }
    (cupboard, past)
}

fn turn(wishes: impl Strategy<Value = Wish>) -> impl Strategy<Value = Turn> {
    let killed = proptest::option::of(0..4_usize);
    (wishes, killed).prop_map(|(wish, killed_after)| Turn { wish, killed_after })
}

fn peaceful() -> impl Strategy<Value = Wish> {
    prop_oneof![4 => Just(Wish::Onward), 1 => Just(Wish::Abort)]
}

fn any_wish() -> impl Strategy<Value = Wish> {
    prop_oneof![4 => Just(Wish::Onward), 1 => Just(Wish::Abort), 1 => Just(Wish::Revoke)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_reader_refuses_a_live_signature(turns in proptest::collection::vec(turn(peaceful()), 1..20)) {
        let (_, past) = play(&turns);
        prop_assert_eq!(past.refused(), None);
    }

    #[test]
    fn what_is_torn_is_finished_by_the_next_writer(turns in proptest::collection::vec(turn(any_wish()), 1..20)) {
        let (mut cupboard, _) = play(&turns);
        if let Reading::Torn(torn) = cupboard.read() {
            let (after, writes) = Dice(4).stamped(10_000, |stamp| torn.finish(stamp));
            cupboard.write(&writes);
            prop_assert_eq!(keys(&after), keys(&cupboard.ring()));
        }
        let ring = cupboard.ring();
        prop_assert_eq!(ring.texts(), cupboard.texts());
    }

    #[test]
    fn what_is_edited_by_hand_is_never_taken_for_torn(
        turns in proptest::collection::vec(turn(any_wish()), 1..12),
        signing in any::<bool>(),
    ) {
        let (mut cupboard, _) = play(&turns);
        let place = if signing { &mut cupboard.signing } else { &mut cupboard.fallbacks };
        *place = place.take().map(|text| format!("{text},put in by hand"));
        prop_assert!(matches!(cupboard.read(), Reading::Edited(_)));
    }

    #[test]
    fn keys_that_were_rearranged_by_hand_are_never_taken_for_torn(
        turns in proptest::collection::vec(turn(any_wish()), 1..12),
        which in 0..3_usize,
        removed in any::<bool>(),
    ) {
        let (mut cupboard, _) = play(&turns);
        if let Reading::Torn(torn) = cupboard.read() {
            let (_, writes) = Dice(4).stamped(1_000, |stamp| torn.finish(stamp));
            cupboard.write(&writes);
        }
        let ring = cupboard.ring();
        let accepted = ring.accepted();
        let other = accepted[which % accepted.len()].secret.expose().to_owned();
        prop_assume!(other != ring.signing.secret.expose());
        if removed {
            let kept = accepted.iter().map(|key| key.secret.expose()).filter(|key| *key != other);
            cupboard.fallbacks = Some(kept.collect::<Vec<_>>().join(","));
        } else {
            cupboard.signing = Some(other.clone());
        }
        let Reading::Edited(edited) = cupboard.read() else { return Err(TestCaseError::fail("not edited")) };
        let (taken, writes) = Dice(5).stamped(2_000, |stamp| edited.found.begin(stamp));
        cupboard.write(&writes);
        prop_assert_eq!(taken.signing.secret.expose() == other, !removed);
        // Whatever takes another role by this, takes it now.
        let is_new = |key: &keybaton_core::Key| key.facts.since == Timestamp(2_000);
        prop_assert!(removed || (is_new(&taken.signing) && taken.retiring.iter().any(|old| is_new(&old.key))));
        prop_assert_eq!(cupboard.ring().texts(), taken.texts());
    }

    #[test]
    fn next_asked_twice_answers_the_same(
        turns in proptest::collection::vec(turn(any_wish()), 1..12),
        last in any_wish(),
        now in 0..5_000_u64,
        propagation in proptest::option::of(0..500_u64),
        goal in 0..4_usize,
        killed_after in proptest::option::of(0..4_usize),
    ) {
        let (mut cupboard, _) = play(&turns);
        if let Reading::Torn(torn) = cupboard.read() {
            let (_, writes) = Dice(4).stamped(1_000, |stamp| torn.finish(stamp));
            cupboard.write(&writes);
        }
        let ring = cupboard.ring();
        let id = ring.accepted().last().map(|key| key.facts.id).unwrap();
        let goal = [Goal::Replace(id), Goal::Settle, Goal::Revoke(id), Goal::Abort][goal];
        let policy = Policy { propagation: propagation.map(Span), longest_signature: Span(700), slowest_write: Span(0), stale: Span(0), follows: true, encrypts: false, fleet: Reporting::None };
        let change = change(last, &ring).unwrap_or(Change::RevokeAll);
        let (ring, writes) = Dice(6).change(ring, change, 2_000).unwrap();
        cupboard.write(&writes);
        // The writer asks about the ring in its memory, whoever comes after it about the ring in the texts.
        let seen = Seen { now: Timestamp(now), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
        let seen_later = Seen { ring: &cupboard.ring(), ..seen };
        prop_assert_eq!(next(goal, &seen, &policy), next(goal, &seen_later, &policy));
        prop_assert!(reaches_done(goal, cupboard, &policy, killed_after));
    }
}

/// Carries a goal out, however long it takes, and asks once more at the end. Each second writer is killed.
fn reaches_done(goal: Goal, mut cupboard: Cupboard, policy: &Policy, killed_after: Option<usize>) -> bool {
    let (mut dice, mut now) = (Dice(5), 10_000);
    for turn in 0..24 {
        if let Reading::Torn(torn) = cupboard.read() {
            let (_, writes) = dice.stamped(now, |stamp| torn.finish(stamp));
            cupboard.write(&writes);
        }
        let ring = cupboard.ring();
        let seen = Seen { now: Timestamp(now), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
        match next(goal, &seen, policy) {
            Next::Done => return matches!(next(goal, &seen, policy), Next::Done),
            Next::Refuse(_) => return policy.propagation.is_none(),
            Next::WaitUntil(wait) => now = wait.until.0,
            Next::Do(keybaton_core::Step::Write(change)) => {
                let (_, writes) = dice.change(ring, change, now).unwrap();
                let states = cupboard.prefixes(&writes);
                let killed = killed_after.filter(|_| turn % 2 == 0).unwrap_or(states.len());
                cupboard = states[killed.min(states.len() - 1)].clone();
            }
            Next::Do(_) | Next::WaitForFleet(_) => return false,
        }
    }
    false
}

#[test]
fn a_goal_is_reached_when_its_key_is_gone() {
    let (cupboard, _) = play(&[]);
    let ring = cupboard.ring();
    let unknown: KeyId = "0000000000".parse().unwrap();
    let policy = Policy {
        propagation: None,
        longest_signature: Span(0),
        slowest_write: Span(0),
        stale: Span(0),
        follows: true,
        encrypts: false,
        fleet: Reporting::None,
    };
    let seen = Seen { now: Timestamp(0), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
    assert_eq!(next(Goal::Replace(unknown), &seen, &policy), Next::Done);
    assert_eq!(next(Goal::Revoke(unknown), &seen, &policy), Next::Done);
}
