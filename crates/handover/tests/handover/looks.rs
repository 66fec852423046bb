//! How often a store is looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use keybaton_core::{Change, Reading, Writes};
use keybaton_handover::{Place, look, standing};
use keybaton_stores::{Held, Store, StoreError, Version, Written};

use crate::ground::{Ground, change};

#[test]
fn what_seems_to_be_edited_is_looked_at_again_only_where_the_texts_are_read_one_after_another() {
    for (url, file, times) in [("dotenv:.env", ".env", 1), ("dir:secrets", "secrets/SECRET_KEY", 2)] {
        let ground = Ground::settled(&[url]);
        let path = ground.path(file);
        let key = ground.ring().signing.secret;
        let edited = std::fs::read_to_string(&path).unwrap().replace(key.expose(), "made-up");
        std::fs::write(path, edited).unwrap();
        let reads = Arc::new(AtomicUsize::new(0));
        let place = counted(ground.places.store, &reads);
        assert!(matches!(look(&place).unwrap().reading, Reading::Edited(_)), "{url}");
        assert_eq!(reads.load(SeqCst), times, "{url}");
    }
}

#[test]
fn a_mirror_is_looked_at_once_before_a_change_and_once_before_it_is_written() {
    let mut ground = Ground::settled(&["dotenv:.env", "file:copy.txt"]);
    let reads = Arc::new(AtomicUsize::new(0));
    let mirror = ground.places.mirrors.remove(0);
    ground.places.mirrors = vec![counted(mirror, &reads)];
    ground.act(|world| standing(&ground.places, world)).unwrap();
    assert_eq!(reads.swap(0, SeqCst), 1);
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    assert_eq!(reads.load(SeqCst), 2);
}

fn counted(place: Place, reads: &Arc<AtomicUsize>) -> Place {
    Place { url: place.url, store: Box::new(Counted { store: place.store, reads: Arc::clone(reads) }) }
}

#[derive(Debug)]
struct Counted {
    store: Box<dyn Store>,
    reads: Arc<AtomicUsize>,
}

impl Store for Counted {
    fn read(&self) -> Result<Held, StoreError> {
        self.reads.fetch_add(1, SeqCst);
        self.store.read()
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.store.write(new, over)
    }
}
