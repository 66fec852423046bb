//! The table of changes, and what else a change does.

use keybaton_core::{Adoption, Change, Fallback, Misfit, Phase, Ring, SecretText, Why};

use crate::cupboard::{Cupboard, Dice, Names};

/// A cupboard with a history, told in short names.
struct Story {
    cupboard: Cupboard,
    names: Names,
    dice: Dice,
    now: u64,
}

impl Story {
    fn of(adoption: Adoption, cupboard: Cupboard) -> Self {
        let mut story = Self { cupboard, names: Names::default(), dice: Dice(7), now: 1_000 };
        let (_, writes) = story.dice.stamped(1_000, |stamp| adoption.begin(stamp));
        story.cupboard.write(&writes);
        story.names.name(story.cupboard.signing.as_deref().unwrap());
        story
    }

    fn settled() -> Self {
        Self::of(Adoption::nothing(), Cupboard::default())
    }

    fn staged() -> Self {
        let mut story = Self::settled();
        story.told(|_| Change::Stage);
        story
    }

    fn promoted() -> Self {
        let mut story = Self::staged();
        story.told(|_| Change::Promote);
        story
    }

    fn ring(&self) -> Ring {
        self.cupboard.ring()
    }

    /// Makes a change and tells what the consumers see on the way.
    fn told(&mut self, change: impl Fn(&Ring) -> Change) -> Vec<String> {
        self.now += 1;
        let ring = self.ring();
        let change = change(&ring);
        let (_, writes) = self.dice.change(ring, change, self.now).unwrap();
        let states = self.cupboard.prefixes(&writes);
        self.cupboard.write(&writes);
        let mut told: Vec<String> = states.iter().map(|state| state.shown(&self.names)).collect();
        told.dedup();
        told
    }
}

fn signing(ring: &Ring) -> keybaton_core::KeyId {
    ring.signing.facts.id
}

fn next(ring: &Ring) -> keybaton_core::KeyId {
    ring.next.as_ref().unwrap().facts.id
}

fn retiring(ring: &Ring) -> keybaton_core::KeyId {
    ring.retiring[0].key.facts.id
}

/// A row of the table: its name, the ring as it stands before, and the change.
type Row = (&'static str, fn() -> Story, fn(&Ring) -> Change);

const TABLE: [Row; 13] = [
    ("stage", Story::settled, |_| Change::Stage),
    ("promote", Story::staged, |_| Change::Promote),
    ("retire", Story::promoted, |ring| Change::Retire(retiring(ring))),
    ("abort, staged", Story::staged, |_| Change::Abort),
    ("abort, promoted", Story::promoted, |_| Change::Abort),
    ("revoke next", Story::staged, |ring| Change::Revoke(next(ring))),
    ("revoke the retiring key", Story::promoted, |ring| Change::Revoke(retiring(ring))),
    ("revoke the signing key, settled", Story::settled, |ring| Change::Revoke(signing(ring))),
    ("revoke the signing key, staged", Story::staged, |ring| Change::Revoke(signing(ring))),
    ("revoke the signing key, promoted", Story::promoted, |ring| Change::Revoke(signing(ring))),
    ("revoke all, settled", Story::settled, |_| Change::RevokeAll),
    ("revoke all, staged", Story::staged, |_| Change::RevokeAll),
    ("revoke all, promoted", Story::promoted, |_| Change::RevokeAll),
];

#[test]
fn the_table_of_changes_in_the_documentation_is_what_happens() {
    let documentation = include_str!("../../src/change.rs");
    let lines = documentation.lines().filter_map(|line| line.strip_prefix("//! "));
    let table = lines.skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```");
    let written: Vec<&str> = table.collect();
    let happens = TABLE.map(|(name, before, change)| {
        let told: String = before().told(change).iter().map(|state| format!("{state:<12}")).collect();
        format!("{name:<38}{}", told.trim_end())
    });
    assert_eq!(written, happens);
}

#[test]
fn create() {
    let story = Story::settled();
    assert_eq!(story.cupboard.shown(&story.names), "A | A");
    assert_eq!(story.ring().phase(), Phase::Settled);
}

#[test]
fn stage_is_refused_while_a_key_retires() {
    let ring = Story::promoted().ring();
    assert_eq!(ring.misfit(Change::Stage), Some(Misfit::KeyRetires(retiring(&ring))));
}

#[test]
fn a_promoted_key_replaces_the_old_one() {
    assert_eq!(Story::promoted().ring().retiring[0].why, Why::Replaced);
}

#[test]
fn abort_after_the_promotion_and_once_more() {
    let mut story = Story::promoted();
    story.told(|_| Change::Abort);
    let ring = story.ring();
    assert_eq!(ring.retiring[0].why, Why::Aborted);
    assert_eq!(ring.misfit(Change::Abort), Some(Misfit::NothingToAbort));
}

#[test]
fn adopt_a_bare_key() {
    let bare = Cupboard::holding("made-up-a", None);
    let adoption = Adoption::keys(SecretText::new("made-up-a"), vec![]);
    let story = Story::of(adoption, bare);
    assert_eq!(story.cupboard.shown(&story.names), "A | A");
    assert_eq!(story.cupboard.signing.as_deref(), Some("made-up-a"));
}

#[test]
fn adopt_a_rotation_by_hand_whose_fallback_is_old() {
    let bare = Cupboard::holding("made-up-a", Some("made-up-x"));
    let adoption = Adoption::keys(SecretText::new("made-up-a"), vec![SecretText::new("made-up-x")]);
    let story = Story::of(adoption, bare);
    assert_eq!(story.cupboard.fallbacks.as_deref(), Some("made-up-a,made-up-x"));
    assert_eq!(story.ring().retiring[0].why, Why::Adopted);
}

#[test]
fn adopt_a_rotation_by_hand_whose_fallback_is_next() {
    let bare = Cupboard::holding("made-up-a", Some("made-up-x"));
    let adoption = Adoption::keys(SecretText::new("made-up-a"), vec![SecretText::new("made-up-x")]);
    let story = Story::of(adoption.with_fallback(Fallback::Next), bare);
    assert_eq!(story.cupboard.fallbacks.as_deref(), Some("made-up-x,made-up-a"));
    assert_eq!(story.ring().phase(), Phase::Staged);
}

#[test]
fn a_key_from_source_control_is_adopted_with_its_successor_staged() {
    let adoption = Adoption::keys(SecretText::new("made-up-a"), vec![]).exposed().staged();
    let mut story = Story::of(adoption, Cupboard::holding("made-up-a", None));
    assert_eq!(story.cupboard.shown(&story.names), "A | B,A");
    story.told(|_| Change::Promote);
    assert_eq!(story.ring().retiring[0].why, Why::Exposed);
}

#[test]
fn an_adopted_key_with_a_comma_makes_the_fallbacks_a_json_list() {
    let bare = Cupboard::holding("made,up", None);
    let mut story = Story::of(Adoption::keys(SecretText::new("made,up"), vec![]), bare);
    assert_eq!(story.cupboard.fallbacks.as_deref(), Some(r#"["made,up"]"#));
    story.told(|_| Change::Stage);
    assert!(story.cupboard.fallbacks.as_deref().unwrap().starts_with("[\""));
    story.told(|_| Change::Promote);
    story.told(|ring| Change::Retire(retiring(ring)));
    assert_eq!(story.cupboard.fallbacks, story.cupboard.signing);
}

#[test]
fn a_key_that_left_is_remembered_without_its_secret() {
    let mut story = Story::promoted();
    let old = story.ring();
    story.told(|ring| Change::Retire(retiring(ring)));
    let tomb = &story.ring().head.gone[0];
    assert_eq!(tomb.mark, old.retiring[0].key.facts.mark);
    assert_eq!(tomb.id, retiring(&old));
}

#[test]
fn the_revision_passes_the_floor() {
    let story = Story::settled();
    let mut random = |bytes: &mut [u8]| bytes.fill(9);
    let mut stamp = keybaton_core::Stamp {
        now: keybaton_core::time::Timestamp(2_000),
        floor: keybaton_core::Revision(41),
        reason: None,
        random: &mut random,
    };
    let (ring, _) = story.ring().change(Change::Stage, &mut stamp).unwrap();
    assert_eq!(ring.head.revision.0, 42);
}
