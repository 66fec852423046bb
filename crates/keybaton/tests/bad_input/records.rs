//! A record that is no record, of another time, or of other keys. A program is started all the same.

use data_encoding::BASE64URL_NOPAD;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::ground::Ground;

/// Changes the record as somebody might who knows what it is.
fn with_record(ground: &Ground, change: impl FnOnce(&mut Value)) {
    ground.edit(|text| {
        let old = text.lines().find_map(|line| line.strip_prefix("SECRET_KEY_RING=")).unwrap();
        let mut record = serde_json::from_slice(&BASE64URL_NOPAD.decode(old.as_bytes()).unwrap()).unwrap();
        change(&mut record);
        text.replace(old, &BASE64URL_NOPAD.encode(record.to_string().as_bytes()))
    });
}

#[test]
fn garbage() {
    let ground = Ground::new();
    ground.edit(|text| text.replace("SECRET_KEY_RING=", "SECRET_KEY_RING=%%%"));
    let before = ground.env();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    5
    error: SECRET_KEY in dotenv:.env (dev): the record of the ring is damaged
    hint: `keybaton init --adopt` takes in what stands there; `keybaton status` shows it
    $ keybaton run -- true
    0
    warning: SECRET_KEY_RING cannot be read; `keybaton status` says more
    $ keybaton status
    0
    SECRET_KEY in dotenv:.env (dev)
    edited: the record of the ring is damaged; programs start with what stands there
    next   keybaton init --adopt
    ");
    assert_eq!(ground.env(), before);
}

#[test]
fn a_newer_format() {
    let ground = Ground::new();
    with_record(&ground, |record| record["format"] = json!(2));
    let before = ground.env();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    5
    error: SECRET_KEY in dotenv:.env (dev): the record has format 2; this keybaton knows 1
    hint: update keybaton: pip install --upgrade keybaton
    $ keybaton run -- true
    0
    warning: a newer keybaton wrote SECRET_KEY_RING (format 2); update this one
    $ keybaton status
    0
    SECRET_KEY in dotenv:.env (dev)
    newer: its record has format 2
    next   pip install --upgrade keybaton
    ");
    assert_eq!(ground.env(), before);
}

#[test]
fn other_keys() {
    let ground = Ground::new();
    ground.edit(|text| text.replace("SECRET_KEY=", "SECRET_KEY=other-"));
    let before = ground.env();
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    5
    error: SECRET_KEY in dotenv:.env (dev): a key was put in by hand
    hint: `keybaton init --adopt` takes in what stands there; `keybaton status` shows it
    $ keybaton run -- true
    0
    warning: SECRET_KEY holds a key that its record does not know; `keybaton status` says more
    $ keybaton status
    0
    SECRET_KEY in dotenv:.env (dev)
    edited: a key was put in by hand; programs start with what stands there
    next   keybaton init --adopt
    ");
    assert_eq!(ground.env(), before);
}

/// The clock was set back by an hour since: no step comes early, and none is refused for ever.
#[test]
fn times_to_come() {
    let ground = Ground::new();
    ground.says(&["stage"]);
    let hour = 3600;
    with_record(&ground, |record| {
        record["written"] = json!(record["written"].as_u64().unwrap() + hour);
        for key in record["keys"].as_array_mut().unwrap() {
            for time in ["made", "since"] {
                key[time] = json!(key[time].as_u64().unwrap() + hour);
            }
        }
    });
    assert_snapshot!(ground.all_say(), @r"
    $ keybaton rotate --new
    0
    next     restart every process, so that each accepts the new key; then run `keybaton rotate` from TIME (in 1h) to promote it
    a rotation is under way, so this goes on with it; the next can begin when it has ended
    $ keybaton run -- true
    0

    $ keybaton status
    0
    SECRET_KEY in dotenv:.env (dev)
    staged: the next key is accepted and signs nowhere yet

      next      ID  since TIME (in 1h)
      signing   ID  since TIME (in 1h)

    next   promote ID: safe from TIME (in 1h)
    ");
    assert_snapshot!(ground.says(&["promote", "--force", "--reason", "a test"]), @r"
    0
    promoted ID: it signs, the old key is accepted only
    next     restart every process, so that each signs with ID; then run `keybaton rotate` from TIME (in 14d) to retire ID
    warning: too early to promote: it is safe from TIME (in 1h); processes that have not loaded the staged key would refuse what it signs: users who meet one of them would be logged out
    ");
}
