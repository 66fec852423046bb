//! The platforms' official clients, which `servers/` runs beside these tests.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use data_encoding::BASE64;
use keybaton_core::Field;
use serde_json::{Value, json};

use crate::fixtures::{Locked, Outside, Planted, variable};
use crate::world::World;

/// The official client for the stores of one scheme; behind a `?` stand parameters, where it has several fixtures.
pub(crate) struct Hand(pub(crate) &'static str);

impl Outside for Hand {
    fn is_served(&self) -> bool {
        true
    }

    fn surround(&self, world: &World) {
        self.ask(world, json!({ "do": "surround" }));
    }

    fn surroundings(&self, world: &World) -> Vec<u8> {
        let there = self.ask(world, json!({ "do": "surroundings" }));
        there.as_str().unwrap().as_bytes().to_vec()
    }

    fn plant(&self, world: &World, field: Field, bytes: &[u8]) -> Planted {
        let content = BASE64.encode(bytes);
        let done = self.ask(world, json!({ "do": "plant", "name": variable(field), "content": content }));
        if done == true { Planted::Yes } else { Planted::Impossible }
    }

    fn take_out(&self, world: &World) {
        self.ask(world, json!({ "do": "take_out" }));
    }

    fn texts(&self, world: &World) -> Option<BTreeMap<String, String>> {
        Some(serde_json::from_value(self.ask(world, json!({ "do": "texts" }))).unwrap())
    }

    fn lock_up(&self, world: &World) -> Locked {
        let variables = self.ask(world, json!({ "do": "lock_up" }));
        let variables = variables.as_object().unwrap().iter();
        Locked::ForWhoeverHas(
            variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
        )
    }
}

impl Hand {
    /// What one store's own tests ask of its hand.
    pub(crate) fn ask(&self, world: &World, asked: Value) -> Value {
        ask(self.0.split('?').next().unwrap_or_default(), &world.url_of(self.0), asked)
    }
}

/// What is asked of the hand of a store, at a place in it.
pub(crate) fn ask(store: &str, place: &str, mut asked: Value) -> Value {
    let socket = env::var_os("KEYBATON_TEST_HANDS")
        .expect("start the servers first: python3 servers NAME -- cargo test …");
    asked["store"] = store.into();
    asked["place"] = place.into();
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(format!("{asked}\n").as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    let mut answer: Value = serde_json::from_str(&line).unwrap();
    assert!(answer.get("done").is_some(), "{}", answer["failed"].as_str().unwrap_or_default());
    answer["done"].take()
}
