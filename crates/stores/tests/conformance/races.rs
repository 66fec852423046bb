//! Twenty writers over one version: exactly one wins, or, where nothing guards a write, all but one are told.

use std::path::Path;
use std::sync::Barrier;
use std::thread;

use keybaton_core::{Field, Texts};
use keybaton_stores::{Guard, Store, StoreErrorKind, Version};

use crate::fixtures::{FIXTURES, Fixture};
use crate::support::{INTENT, given, must_pass, start_case, writes};
use crate::world::{World, open_url, outer_environment, read, settings, texts, writable};

/// What a writer knows after its write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Won,
    /// It wrote, and so did another at the same moment.
    WonAndTold,
    Lost,
}

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
            let outcomes = race(fixture, &stores, &over);
            must_be_fair(fixture, &outcomes, &read(&*stores[0]).0);
        }
    }
}

fn race(fixture: &Fixture, stores: &[Box<dyn Store>], over: &Version) -> Vec<Outcome> {
    let barrier = Barrier::new(stores.len());
    let barrier = &barrier;
    thread::scope(|scope| {
        let writers: Vec<_> = (stores.iter().enumerate())
            .map(|(number, store)| {
                scope.spawn(move || {
                    barrier.wait();
                    outcome(fixture, &**store, number, over)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

#[test]
fn of_twenty_processes_one_wins() {
    for (index, fixture) in FIXTURES.iter().enumerate() {
        if !writable().any(|writable| std::ptr::eq(writable, fixture)) {
            continue;
        }
        let world = World::new();
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let argument = format!("{number} {index} {}", world.url(fixture));
                start_case("races::case_one_process", world.path(), &argument)
            })
            .collect();
        std::fs::write(world.path().join("go"), "").unwrap();
        let said: Vec<_> = writers.into_iter().map(must_pass).collect();
        let outcomes: Vec<_> = said.iter().map(|said| outcome_in(said)).collect();
        must_be_fair(fixture, &outcomes, &read(&*world.open(fixture)).0);
    }
}

#[test]
#[ignore = "run by of_twenty_processes_one_wins"]
fn case_one_process() {
    let (folder, argument) = given();
    let [number, index, url] = argument.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{argument}") };
    let fixture = &FIXTURES[index.parse::<usize>().unwrap()];
    let store = open_url(url, &settings(&folder, outer_environment()));
    wait_for(&folder.join("go"));
    let outcome = outcome(fixture, &*store, number.parse().unwrap(), &Version::Absent);
    if outcome == Outcome::Won {
        assert!(read(&*store).0.get(Field::Signing).is_some());
    }
    std::io::Write::write_all(&mut std::io::stdout(), format!("outcome: {outcome:?}.\n").as_bytes()).unwrap();
}

fn outcome_in(said: &str) -> Outcome {
    let all = [Outcome::Won, Outcome::WonAndTold, Outcome::Lost];
    all.into_iter().find(|outcome| said.contains(&format!("outcome: {outcome:?}."))).unwrap()
}

fn wait_for(path: &Path) {
    while !path.exists() {
        thread::yield_now();
    }
}

fn outcome(fixture: &Fixture, store: &dyn Store, number: usize, over: &Version) -> Outcome {
    match store.write(&writes(&text_of_writer(number)), over) {
        Ok(written) if written.notes.is_empty() => Outcome::Won,
        Ok(_) => Outcome::WonAndTold,
        Err(error) if error.kind == StoreErrorKind::Overlap && is_seen_afterwards(fixture) => {
            Outcome::WonAndTold
        }
        Err(error) => {
            assert_eq!(error.kind, StoreErrorKind::Conflict, "{error}");
            Outcome::Lost
        }
    }
}

fn must_be_fair(fixture: &Fixture, outcomes: &[Outcome], now: &Texts) {
    let story = format!("{}: {outcomes:?}", fixture.template);
    let winners: Vec<_> = (0..outcomes.len()).filter(|number| outcomes[*number] != Outcome::Lost).collect();
    if is_seen_afterwards(fixture) {
        // Whoever writes second finds the first, so no more than one can believe to have been alone.
        assert!(outcomes.iter().filter(|outcome| **outcome == Outcome::Won).count() <= 1, "{story}");
    } else {
        assert_eq!(winners.len(), 1, "{story}");
    }
    if fixture.is_atomic() || !is_seen_afterwards(fixture) {
        assert!(winners.iter().any(|winner| *now == text_of_writer(*winner)), "{story}");
    } else {
        // A mixture, where there is one, is for the record to tell.
        for field in Field::ALL {
            let is_ones = |number| text_of_writer(number).get(field) == now.get(field);
            let is_begun = field == Field::Record && now.get(field) == Some(INTENT);
            assert!(is_begun || (0..WRITERS).any(is_ones), "{story}");
        }
    }
}

/// Whether nothing keeps two writers from writing at the same moment.
fn is_seen_afterwards(fixture: &Fixture) -> bool {
    fixture.kind().can.guard == Guard::Afterwards
}

fn text_of_writer(number: usize) -> Texts {
    let key = format!("made-up-{number}");
    texts(&key, &key, "cmVj")
}

const WRITERS: usize = 20;
