//! Stores that know whether what was written last has reached those who read them.

use std::fmt;

use keybaton_core::{Change, Goal, Next, Phase, Refusal, Writes};
use keybaton_handover::{Place, advance, change as at_any_price, standing};
use keybaton_stores::{Held, Store, StoreError, StoreErrorKind, Version, Written};

use crate::ground::{Ground, POLICY, change};

/// A store whose last write reaches nobody.
struct Undelivered(Box<dyn Store>);

impl Store for Undelivered {
    fn read(&self) -> Result<Held, StoreError> {
        self.0.read()
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.0.write(new, over)
    }

    fn delivered(&self) -> Result<(), StoreError> {
        Err(StoreError::new(StoreErrorKind::Refused, "the release failed"))
    }
}

impl fmt::Debug for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, undelivered", self.0)
    }
}

fn undelivered(place: Place) -> Place {
    Place { store: Box::new(Undelivered(place.store)), ..place }
}

/// A staged ring long after, with a store or a mirror that reaches nobody.
fn staged(is_mirror: bool) -> Ground {
    let mut ground = Ground::settled(&["dotenv:.env", "dir:mirror"]);
    ground.act(|world| change(&ground.places, Change::Stage, None, world)).unwrap();
    ground.now.set(1_000_000);
    if is_mirror {
        ground.places.mirrors = ground.places.mirrors.into_iter().map(undelivered).collect();
    } else {
        ground.places.store = undelivered(ground.places.store);
    }
    ground
}

#[test]
fn no_step_goes_on_from_a_write_that_has_not_reached_those_who_read_the_store_or_a_mirror() {
    for is_mirror in [false, true] {
        let ground = staged(is_mirror);
        let turn = ground.act(|world| advance(&ground.places, Goal::Settle, &POLICY, None, world)).unwrap();
        assert_eq!((turn.did, turn.then), (None, Next::Refuse(Refusal::Undelivered)));
        assert_eq!(turn.around.undelivered.unwrap().sentence, "the release failed");
    }
}

#[test]
fn what_took_a_key_away_is_asked_for_too_though_no_rotation_is_under_way() {
    let ground = staged(false);
    ground
        .act(|world| {
            let before = standing(&ground.places, world)?;
            at_any_price(&ground.places, before, Change::Abort, None, world)
        })
        .unwrap();
    assert_eq!(ground.ring().phase(), Phase::Settled);
    assert!(ground.places.around(&ground.ring(), None).undelivered.is_some());
}
