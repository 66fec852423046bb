//! Texts that are not in order.

use data_encoding::BASE64URL_NOPAD;
use keybaton_core::time::Timestamp;
use keybaton_core::{
    Adoption, Change, Edit, Follow, MOST_KEYS, NotAMirror, Phase, RECORD_LIMIT, Reading, Ring, SecretText,
    What, Writes,
};
use serde_json::{Value, json};

use crate::cupboard::{Cupboard, Dice};

fn created(dice: &mut Dice) -> Cupboard {
    let mut cupboard = Cupboard::default();
    let (_, writes) = dice.stamped(1_000, |stamp| Adoption::nothing().begin(stamp));
    cupboard.write(&writes);
    cupboard
}

fn changed(cupboard: &mut Cupboard, dice: &mut Dice, change: impl Fn(&Ring) -> Change, now: u64) -> Writes {
    let ring = cupboard.ring();
    let change = change(&ring);
    let (_, writes) = dice.change(ring, change, now).unwrap();
    cupboard.write(&writes);
    writes
}

fn edit_record(cupboard: &mut Cupboard, edit: impl Fn(&mut Value)) {
    let text = cupboard.record.as_deref().unwrap();
    let mut record: Value =
        serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()).unwrap();
    edit(&mut record);
    cupboard.record = Some(BASE64URL_NOPAD.encode(record.to_string().as_bytes()));
}

#[track_caller]
fn assert_edited(cupboard: &Cupboard, expected: Edit) {
    match cupboard.read() {
        Reading::Edited(edited) => assert_eq!(edited.why, expected),
        other => panic!("not edited: {other:?}"),
    }
}

#[track_caller]
fn mended(cupboard: &Cupboard, now: u64) -> Cupboard {
    let Reading::Torn(torn) = cupboard.read() else { panic!("not torn: {:?}", cupboard.read()) };
    let mut cupboard = cupboard.clone();
    let (_, writes) = Dice(99).stamped(now, |stamp| torn.finish(stamp));
    cupboard.write(&writes);
    cupboard
}

#[test]
fn empty_texts_are_no_ring() {
    for text in ["", " ", "\t\n"] {
        let cupboard = Cupboard { signing: Some(text.into()), ..Cupboard::default() };
        assert!(matches!(cupboard.read(), Reading::Absent));
    }
}

#[test]
fn a_key_without_a_record_is_bare_and_its_fallbacks_are_the_others() {
    let Reading::Bare(bare) = Cupboard::holding("a", Some("a,,b, ,a")).read() else { panic!() };
    assert_eq!(bare.fallbacks, [SecretText::new("b")]);
}

#[test]
fn a_key_put_in_by_hand_is_an_edit() {
    let mut cupboard = created(&mut Dice(1));
    cupboard.signing = Some("made-up".into());
    assert_edited(&cupboard, Edit::UnknownKey);
}

#[test]
fn a_garbled_record_is_an_edit() {
    for record in ["", "%", "bm90IGpzb24", "e30", &"A".repeat(100_000)] {
        let mut cupboard = created(&mut Dice(1));
        cupboard.record = Some(record.into());
        assert_edited(&cupboard, Edit::Record);
    }
}

#[test]
fn a_record_that_describes_no_ring_is_an_edit() {
    let two_signing = |record: &mut Value| {
        let row = record["keys"][0].clone();
        record["keys"].as_array_mut().unwrap().push(row);
    };
    let nobody_signs = |record: &mut Value| record["keys"] = json!([]);
    for edit in [two_signing as fn(&mut Value), nobody_signs] {
        let mut cupboard = created(&mut Dice(1));
        edit_record(&mut cupboard, edit);
        assert_edited(&cupboard, Edit::Record);
    }
}

#[test]
fn a_broken_list_of_fallbacks_is_an_edit() {
    let mut cupboard = created(&mut Dice(1));
    cupboard.fallbacks = Some("[oops".into());
    assert_edited(&cupboard, Edit::Fallbacks);
}

#[test]
fn a_ring_without_any_key_is_an_edit_and_can_be_begun_again() {
    let mut cupboard = created(&mut Dice(1));
    cupboard.signing = None;
    cupboard.fallbacks = None;
    let Reading::Edited(edited) = cupboard.read() else { panic!() };
    let (ring, _) = Dice(5).stamped(2_000, |stamp| edited.found.begin(stamp));
    assert_eq!(ring.phase(), Phase::Settled);
}

#[test]
fn a_newer_format_is_read_and_not_understood() {
    let mut cupboard = created(&mut Dice(1));
    edit_record(&mut cupboard, |record| *record = json!({"format": 2, "keys": "elsewhere"}));
    let Reading::Newer(newer) = cupboard.read() else { panic!() };
    assert_eq!(newer.format, 2);
}

#[test]
fn members_that_a_later_version_wrote_are_kept() {
    let mut dice = Dice(1);
    let mut cupboard = created(&mut dice);
    edit_record(&mut cupboard, |record| {
        record["colour"] = json!("green");
        record["keys"][0]["shape"] = json!({"round": true});
    });
    changed(&mut cupboard, &mut dice, |_| Change::Stage, 1_001);
    edit_record(&mut cupboard, |record| {
        assert_eq!(record["colour"], json!("green"));
        assert_eq!(record["keys"][1]["shape"], json!({"round": true}));
    });
}

#[test]
fn what_a_later_version_says_of_what_has_to_follow_counts_as_due_and_is_kept() {
    let mut dice = Dice(1);
    let mut cupboard = created(&mut dice);
    let written = serde_json::json!({ "soon": 7 });
    edit_record(&mut cupboard, |record| record["follow"] = written.clone());
    assert!(cupboard.ring().head.is_follow_due());
    let mut mirror = Cupboard::default();
    mirror.write(&cupboard.ring().mirror_over(&mirror.read(), Timestamp(5_000)).unwrap());
    assert_eq!(mirror.ring().head.follow, Some(Follow::Other(written)));
}

#[test]
fn words_and_members_of_a_later_version_are_kept_everywhere() {
    let mut dice = Dice(1);
    let mut cupboard = created(&mut dice);
    changed(&mut cupboard, &mut dice, |_| Change::Stage, 1_001);
    changed(&mut cupboard, &mut dice, |_| Change::Abort, 1_002);
    edit_record(&mut cupboard, |record| {
        record["gone"][0]["why"] = json!("expired");
        record["gone"][0]["by"] = json!("hand");
        record["events"][0]["what"] = json!("renamed");
        record["events"][0]["from"] = json!({"name": "X"});
    });
    changed(&mut cupboard, &mut dice, |_| Change::Stage, 1_003);
    edit_record(&mut cupboard, |record| {
        assert_eq!(
            (&record["gone"][0]["why"], &record["gone"][0]["by"]),
            (&json!("expired"), &json!("hand"))
        );
        assert_eq!(record["events"][0]["what"], json!("renamed"));
        assert_eq!(record["events"][0]["from"], json!({"name": "X"}));
    });
}

#[test]
fn numbers_that_leave_no_room_for_another_key_are_an_edit() {
    let mut cupboard = created(&mut Dice(1));
    edit_record(&mut cupboard, |record| record["keys"][0]["n"] = json!(u32::MAX));
    assert_edited(&cupboard, Edit::Record);
}

#[test]
fn a_ring_of_as_many_keys_as_can_be_is_readable_in_the_midst_of_a_write() {
    let mut dice = Dice(1);
    let keys = (1..MOST_KEYS).map(|n| SecretText::new(format!("made-up-{n}"))).collect();
    let adoption = Adoption::keys(SecretText::new("made-up"), keys);
    assert_eq!(adoption.too_many(), None);
    let (ring, writes) = dice.stamped(1_000, |stamp| adoption.begin(stamp));
    let mut cupboard = Cupboard::default();
    cupboard.write(&writes);
    assert_eq!(cupboard.ring().accepted().len(), MOST_KEYS);
    let oldest = ring.retiring.last().unwrap().key.facts.id;
    let (_, writes) = dice.change(ring, Change::Retire(oldest), 2_000).unwrap();
    for prefix in cupboard.prefixes(&writes) {
        assert!(matches!(prefix.read(), Reading::Whole(_) | Reading::Torn(_)), "{:?}", prefix.read());
    }
}

#[test]
fn a_key_that_was_given_twice_is_taken_in_once() {
    let key = |text: &str| SecretText::new(text);
    let adoption = Adoption::keys(key("a"), vec![key("a"), key("b"), key("b"), key(" "), key("")]);
    let (ring, _) = Dice(1).stamped(1_000, |stamp| adoption.begin(stamp));
    let texts = ring.texts();
    assert_eq!(texts.fallbacks.as_ref().unwrap().expose(), "a,b");
}

#[test]
fn a_missing_or_untidy_text_is_torn_and_put_back() {
    let whole = created(&mut Dice(1));
    let key = whole.signing.clone().unwrap();
    let missing = Cupboard { fallbacks: None, ..whole.clone() };
    let untidy = Cupboard { fallbacks: Some(format!("{key},,")), ..whole.clone() };
    let unsigned = Cupboard { signing: None, ..whole.clone() };
    for torn in [missing, untidy, unsigned] {
        let after = mended(&torn, 2_000);
        assert_eq!((after.signing, after.fallbacks), (whole.signing.clone(), whole.fallbacks.clone()));
    }
}

#[test]
fn a_stage_whose_key_was_never_written_is_dropped() {
    let mut dice = Dice(1);
    let cupboard = created(&mut dice);
    let (_, writes) = dice.change(cupboard.ring(), Change::Stage, 1_001).unwrap();
    let after = mended(&cupboard.prefixes(&writes)[1], 2_000);
    assert_eq!((&after.signing, &after.fallbacks), (&cupboard.signing, &cupboard.fallbacks));
    assert_eq!(after.ring().phase(), Phase::Settled);
}

#[test]
fn a_revocation_whose_key_was_never_written_draws_another() {
    let mut dice = Dice(1);
    let cupboard = created(&mut dice);
    let leaked = cupboard.signing.clone();
    let (lost, writes) = dice.change(cupboard.ring(), Change::RevokeAll, 1_001).unwrap();
    let after = mended(&cupboard.prefixes(&writes)[1], 2_000);
    assert_ne!(after.signing, leaked);
    assert_ne!(after.signing.as_deref(), Some(lost.signing.secret.expose()));
    assert_eq!(after.fallbacks, after.signing);
    assert_eq!(after.ring().head.gone.len(), 1);
}

#[test]
fn waiting_counts_from_the_end_of_a_write_that_was_finished_later() {
    let mut dice = Dice(1);
    let cupboard = created(&mut dice);
    let (_, writes) = dice.change(cupboard.ring(), Change::Stage, 1_001).unwrap();
    let ring = mended(&cupboard.prefixes(&writes)[2], 9_000).ring();
    assert_eq!(ring.next.as_ref().unwrap().facts.since, Timestamp(9_000));
    assert_eq!(ring.signing.facts.since, Timestamp(1_000));
    assert_eq!(ring.head.events.last().unwrap().what, What::Mended);
}

#[test]
fn an_edit_is_adopted_with_the_ids_that_are_known() {
    let mut dice = Dice(1);
    let mut cupboard = created(&mut dice);
    let before = cupboard.ring();
    let key = cupboard.signing.clone().unwrap();
    cupboard.signing = Some("made-up".into());
    cupboard.fallbacks = Some(format!("made-up,{key}"));
    let Reading::Edited(edited) = cupboard.read() else { panic!() };
    assert_eq!(edited.found.unknown_fallbacks(), 0);
    let (_, writes) = dice.stamped(2_000, |stamp| edited.found.begin(stamp));
    cupboard.write(&writes);
    let ring = cupboard.ring();
    assert_eq!(ring.head.id, before.head.id);
    assert_eq!(ring.signing.secret.expose(), "made-up");
    assert_eq!(ring.retiring[0].key.facts.id, before.signing.facts.id);
    assert_eq!(ring.retiring[0].key.facts.since, Timestamp(2_000));
}

#[test]
fn a_record_stays_small_and_forgets_revocations_last() {
    let mut dice = Dice(1);
    let mut cupboard = created(&mut dice);
    changed(&mut cupboard, &mut dice, |ring| Change::Revoke(ring.signing.facts.id), 1_001);
    let revoked = cupboard.ring().head.gone[0].id;
    for round in 0..40 {
        let now = 2_000 + round * 10;
        changed(&mut cupboard, &mut dice, |_| Change::Stage, now);
        let staged = changed(&mut cupboard, &mut dice, |_| Change::Promote, now + 1);
        assert!(staged.steps.iter().all(|step| step.text.expose().len() < RECORD_LIMIT));
        changed(&mut cupboard, &mut dice, |ring| Change::Retire(ring.retiring[0].key.facts.id), now + 2);
    }
    let head = cupboard.ring().head;
    assert!(head.gone.iter().any(|tomb| tomb.id == revoked));
    assert!(head.gone.len() > 4, "only {} remembered", head.gone.len());
}

#[test]
fn debug_forms_show_no_key() {
    let mut dice = Dice(1);
    let mut cupboard = created(&mut dice);
    let writes = changed(&mut cupboard, &mut dice, |_| Change::Stage, 1_001);
    let keys: Vec<String> = cupboard.fallbacks.clone().unwrap().split(',').map(Into::into).collect();
    let torn = cupboard.prefixes(&writes)[1].read();
    let edited = Cupboard { record: Some("x".into()), ..cupboard.clone() }.read();
    let bare = Cupboard { record: None, ..cupboard.clone() }.read();
    let shown =
        format!("{torn:?} {edited:?} {bare:?} {:?} {writes:?} {:?}", cupboard.read(), cupboard.texts());
    assert!(keys.iter().all(|key| !shown.contains(key.as_str())), "{shown}");
}

#[test]
fn a_mirror_takes_the_ring_and_its_own_time_of_writing() {
    let mut dice = Dice(1);
    let store = created(&mut dice);
    let ring = store.ring();
    let mut mirror = Cupboard::default();
    mirror.write(&ring.mirror_over(&mirror.read(), Timestamp(5_000)).unwrap());
    assert_eq!((&mirror.signing, &mirror.fallbacks), (&store.signing, &store.fallbacks));
    assert_eq!(mirror.ring().head.written, Timestamp(5_000));
    assert_eq!(mirror.ring().head.write, ring.head.write);
}

#[test]
fn a_copy_that_was_changed_apart_is_not_written_over() {
    let mut dice = Dice(1);
    let mut store = created(&mut dice);
    let mut copy = store.clone();
    changed(&mut copy, &mut dice, |_| Change::Stage, 1_001);
    for step in [1_002, 1_004] {
        changed(&mut store, &mut dice, |_| Change::Stage, step);
        changed(&mut store, &mut dice, |_| Change::Abort, step + 1);
    }
    assert!(store.ring().head.revision > copy.ring().head.revision);
    let refused = store.ring().mirror_over(&copy.read(), Timestamp(5_000)).unwrap_err();
    assert_eq!(refused, NotAMirror::Apart(copy.ring().next.unwrap().facts.id));
    // One that is merely behind is brought up.
    let mut behind = created(&mut Dice(1));
    behind.write(&store.ring().mirror_over(&behind.read(), Timestamp(5_000)).unwrap());
    assert_eq!(behind.fallbacks, store.fallbacks);
}

/// As a kill leaves it: the key that was to sign stands in a text, and the write was not finished.
#[test]
fn a_copy_whose_own_change_was_cut_short_is_not_written_over() {
    let mut dice = Dice(1);
    let mut store = created(&mut dice);
    let copy = store.clone();
    let (_, writes) = dice.change(copy.ring(), Change::RevokeAll, 1_001).unwrap();
    for step in [1_002, 1_003] {
        changed(&mut store, &mut dice, |_| Change::Stage, 2 * step);
        changed(&mut store, &mut dice, |_| Change::Abort, 2 * step + 1);
    }
    let refused: Vec<bool> = copy
        .prefixes(&writes)
        .iter()
        .map(|copy| store.ring().mirror_over(&copy.read(), Timestamp(5_000)).is_err())
        .collect();
    // The record alone announces a key that stands nowhere yet.
    assert_eq!(refused, [false, false, true, true, true]);
}

#[test]
fn a_copy_that_is_far_behind_is_brought_up_though_its_key_is_forgotten() {
    let mut dice = Dice(1);
    let mut store = created(&mut dice);
    let mut copy = store.clone();
    let signed = store.ring().signing.facts.id;
    for step in 1..40 {
        changed(&mut store, &mut dice, |_| Change::RevokeAll, 1_000 + step);
    }
    assert!(store.ring().head.gone.iter().all(|tomb| tomb.id != signed));
    copy.write(&store.ring().mirror_over(&copy.read(), Timestamp(5_000)).unwrap());
    assert_eq!(copy.signing, store.signing);
}

#[test]
fn a_store_with_other_keys_is_no_mirror() {
    let ring = created(&mut Dice(1)).ring();
    let other = created(&mut Dice(2));
    let refused = ring.mirror_over(&other.read(), Timestamp(5_000)).unwrap_err();
    assert_eq!(refused, NotAMirror::AnotherRing(other.ring().head.id));
    let bare = Cupboard::holding("made-up", None);
    assert_eq!(ring.mirror_over(&bare.read(), Timestamp(5_000)).unwrap_err(), NotAMirror::UnknownKeys);
}
