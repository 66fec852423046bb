//! A ring that begins with the keys of another one, for a use that leaves it.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{
    Adoption, Beat, Beats, Change, Fallback, Hindrance, Kin, Misfit, Policy, Pulse, Reading, Ready, Refusal,
    Reporting, Ring, RingName, SecretText, Seen, awaited, read, ready,
};

use crate::cupboard::Dice;

const NOW: Timestamp = Timestamp(1_000_000);
const POLICY: Policy = Policy {
    propagation: Some(Span(120)),
    longest_signature: Span(10_000),
    slowest_write: Span(0),
    stale: Span(0),
    fleet: Reporting::All,
    follows: false,
    encrypts: false,
};

fn origin() -> RingName {
    RingName::default()
}

fn branch() -> RingName {
    "COOKIE_SIGNING_KEY".parse().unwrap()
}

fn begin(seed: u64, adoption: Adoption) -> Ring {
    Dice(seed).stamped(NOW.0, |stamp| adoption.begin(stamp)).0
}

fn key(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// A process that signs with the key of a ring, and accepts what it accepts.
fn beat(process: &str, ring: &Ring) -> Beat {
    Beat {
        process: process.into(),
        ring: Some(ring.head.id),
        revision: ring.head.revision,
        signs: ring.signing.facts.mark,
        accepts: ring.accepted().iter().map(|key| key.facts.mark).collect(),
        holds: Vec::new(),
        role: "web".into(),
        host: "a".into(),
        started: Timestamp(0),
        seen: NOW,
        given_up: false,
    }
}

fn beats(name: RingName, beats: Vec<Beat>, others: Vec<(RingName, Beat)>) -> Beats {
    let kin = Kin { name, ..Kin::default() };
    Beats { now: NOW, lease: Span(60), beats, others, kin, ..Beats::default() }
}

fn seen<'a>(ring: &'a Ring, beats: &'a Beats) -> Seen<'a> {
    Seen { now: NOW, ring, mirrors: &[], undelivered: false, fleet: Some(beats) }
}

#[test]
fn it_takes_over_what_signs_and_what_is_only_accepted_and_says_where_it_comes_from() {
    let promoted = begin(1, Adoption::keys(key("signs"), vec![key("was")]));
    let cookies = begin(2, Adoption::like(origin(), &promoted));
    assert_eq!(cookies.signing.secret.expose(), "signs");
    assert_eq!(cookies.retiring[0].key.secret.expose(), "was");
    assert_eq!(cookies.head.from, Some(origin()));
    assert_eq!(cookies.shared_with(&promoted).len(), 2);
    assert_ne!(cookies.head.id, promoted.head.id);
    // Nothing was signed with the next key yet, so nothing is missed without it.
    let staged = begin(1, Adoption::keys(key("signs"), vec![key("next")]).with_fallback(Fallback::Next));
    let cookies = begin(2, Adoption::like(origin(), &staged));
    assert_eq!(cookies.accepted().len(), 1);
}

#[test]
fn where_it_comes_from_is_read_back_from_its_record() {
    let secret_key = begin(1, Adoption::nothing());
    let (_, writes) = Dice(2).stamped(NOW.0, |stamp| Adoption::like(origin(), &secret_key).begin(stamp));
    let Reading::Whole(ring) = read(writes.whole) else { panic!("it is no ring") };
    assert_eq!(ring.head.from, Some(origin()));
}

#[test]
fn its_steps_wait_for_processes_that_still_use_the_other_ring_in_its_place() {
    let secret_key = begin(1, Adoption::nothing());
    let cookies = begin(2, Adoption::like(origin(), &secret_key).staged());
    let others = ["new", "old"].map(|process| (origin(), beat(process, &secret_key)));
    let mut all = beats(branch(), vec![beat("new", &cookies)], others.to_vec());
    assert!(awaited(Change::Promote, &seen(&cookies, &all), &POLICY).is_empty());
    all.kin.origins = vec![(origin(), secret_key.head.id)];
    {
        let found = awaited(Change::Promote, &seen(&cookies, &all), &POLICY);
        let found: Vec<_> = found.iter().map(|found| (&*found.beat.process, found.why)).collect();
        assert_eq!(found, [("old", Hindrance::Lacks(&branch()))]);
    }
    assert_eq!(ready(Change::Promote, &seen(&cookies, &all), &POLICY), Ready::AfterFleet);
    all.give_up(&["old".into()]);
    all.others[1].1.seen = Timestamp(0);
    assert!(awaited(Change::Promote, &seen(&cookies, &all), &POLICY).is_empty());
}

#[test]
fn nobody_waits_for_another_site_of_which_the_database_is_a_copy_and_whoever_uses_two_origins_is_told_once() {
    let [secret_key, elsewhere] = [1, 3].map(|seed| begin(seed, Adoption::nothing()));
    let cookies = begin(2, Adoption::like(origin(), &secret_key).staged());
    let links: RingName = "LINK_SIGNING_KEY".parse().unwrap();
    let others = vec![(origin(), beat("elsewhere", &elsewhere)), (origin(), beat("old", &secret_key))];
    let mut all = beats(branch(), vec![beat("new", &cookies)], others);
    all.kin.origins = vec![(origin(), secret_key.head.id), (links.clone(), cookies.head.id)];
    all.others.push((links, beat("old", &cookies)));
    let found = awaited(Change::Promote, &seen(&cookies, &all), &POLICY);
    let found: Vec<_> = found.iter().map(|found| &*found.beat.process).collect();
    assert_eq!(found, ["old"]);
}

#[test]
fn steps_of_the_other_ring_wait_for_the_same_processes() {
    let secret_key = begin(1, Adoption::nothing().staged());
    let cookies = begin(2, Adoption::like(origin(), &secret_key));
    let own = ["new", "old"].map(|process| beat(process, &secret_key));
    let mut all = beats(origin(), own.to_vec(), vec![(branch(), beat("new", &cookies))]);
    assert!(awaited(Change::Promote, &seen(&secret_key, &all), &POLICY).is_empty());
    all.kin.branches = vec![branch()];
    let found = awaited(Change::Promote, &seen(&secret_key, &all), &POLICY);
    let found: Vec<_> = found.iter().map(|found| (&*found.beat.process, found.why, found.pulse)).collect();
    assert_eq!(found, [("old", Hindrance::Lacks(&branch()), Pulse::Lives)]);
    // It is told once, though its keys are in the way too.
    all.beats[1].accepts.clear();
    assert_eq!(awaited(Change::Promote, &seen(&secret_key, &all), &POLICY).len(), 1);
    assert!(awaited(Change::Stage, &seen(&secret_key, &all), &POLICY).is_empty());
}

#[test]
fn a_key_that_encrypted_what_is_stored_retires_at_no_time_by_itself() {
    let ring = begin(1, Adoption::keys(key("signs"), vec![key("was")]));
    let retire = Change::Retire(ring.retiring[0].key.facts.id);
    let seen = Seen { now: Timestamp(NOW.0 * 2), ring: &ring, mirrors: &[], undelivered: false, fleet: None };
    let policy = Policy { fleet: Reporting::None, ..POLICY };
    assert_eq!(ready(retire, &seen, &policy), Ready::Now);
    let policy = Policy { encrypts: true, ..policy };
    assert_eq!(ready(retire, &seen, &policy), Ready::Refused(Refusal::Encrypts));
    assert_eq!(
        ready(Change::Stage, &seen, &policy),
        Ready::Refused(Refusal::Misfit(Misfit::KeyRetires(ring.retiring[0].key.facts.id)))
    );
    // What the same key signed has a life of its own, which ends first.
    let soon = Seen { now: NOW, ..seen };
    assert!(matches!(ready(retire, &soon, &policy), Ready::At(_)));
    // Who still encrypts with it comes first: rows that were saved anew before that would be lost.
    let mut all = beats(origin(), vec![beat("late", &ring)], Vec::new());
    all.beats[0].signs = ring.retiring[0].key.facts.mark;
    let seen = Seen { fleet: Some(&all), ..seen };
    assert_eq!(ready(retire, &seen, &Policy { fleet: Reporting::All, ..policy }), Ready::AfterFleet);
}
