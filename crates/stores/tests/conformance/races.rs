//! Twenty writers over one version: exactly one wins.

use std::path::Path;
use std::sync::Barrier;
use std::thread;

use keybaton_core::Field;
use keybaton_stores::{Store, StoreErrorKind, Version};

use crate::support::{given, must_pass, start_case, writes};
use crate::world::{World, open_url, outer_environment, read, settings, texts, writable};

#[test]
fn of_twenty_threads_one_wins_and_its_texts_stand_there_whole() {
    for fixture in writable() {
        for begun in [false, true] {
            let world = World::new();
            let stores: Vec<_> = (0..WRITERS).map(|_| world.open(fixture)).collect();
            if begun {
                stores[0].write(&writes(&texts("a", "a", "cmVj")), &Version::Absent).unwrap();
            }
            let (_, over) = read(&*stores[0]);
            let winners = race(&stores, &over);
            assert_eq!(winners.len(), 1, "{}: {winners:?}", fixture.template);
            assert_eq!(read(&*stores[0]).0, text_of_writer(winners[0]));
        }
    }
}

fn race(stores: &[Box<dyn Store>], over: &Version) -> Vec<usize> {
    let barrier = Barrier::new(stores.len());
    let barrier = &barrier;
    thread::scope(|scope| {
        let writers: Vec<_> = (stores.iter().enumerate())
            .map(|(number, store)| {
                scope.spawn(move || {
                    barrier.wait();
                    wins(&**store, number, over).then_some(number)
                })
            })
            .collect();
        writers.into_iter().filter_map(|writer| writer.join().unwrap()).collect()
    })
}

#[test]
fn of_twenty_processes_one_wins() {
    for fixture in writable() {
        let world = World::new();
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let argument = format!("{number} {}", world.url(fixture));
                start_case("races::case_one_process", world.path(), &argument)
            })
            .collect();
        std::fs::write(world.path().join("go"), "").unwrap();
        let outcomes: Vec<_> = writers.into_iter().map(must_pass).collect();
        let winners: Vec<_> =
            outcomes.iter().enumerate().filter(|(_, said)| said.contains("the winner")).collect();
        assert_eq!(winners.len(), 1, "{}", fixture.template);
        assert_eq!(read(&*world.open(fixture)).0, text_of_writer(winners[0].0));
    }
}

#[test]
#[ignore = "run by of_twenty_processes_one_wins"]
fn case_one_process() {
    let (folder, argument) = given();
    let (number, url) = argument.split_once(' ').unwrap();
    let store = open_url(url, &settings(&folder, outer_environment()));
    wait_for(&folder.join("go"));
    if wins(&*store, number.parse().unwrap(), &Version::Absent) {
        assert!(read(&*store).0.get(Field::Signing).is_some());
        std::io::Write::write_all(&mut std::io::stdout(), b"the winner\n").unwrap();
    }
}

fn wait_for(path: &Path) {
    while !path.exists() {
        thread::yield_now();
    }
}

fn wins(store: &dyn Store, number: usize, over: &Version) -> bool {
    match store.write(&writes(&text_of_writer(number)), over) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind, StoreErrorKind::Conflict, "{error}");
            false
        }
    }
}

fn text_of_writer(number: usize) -> keybaton_core::Texts {
    let key = format!("made-up-{number}");
    texts(&key, &key, "cmVj")
}

const WRITERS: usize = 20;
