//! Several rings in one place, each under its own name.

use keybaton_core::Texts;
use keybaton_stores::{Held, StoreUrl, Version};

use crate::fixtures::Fixture;
use crate::support::writes;
use crate::world::{World, read, texts, writable};

/// Where a place holds several, and gives back what it holds.
fn roomy() -> impl Iterator<Item = &'static Fixture> {
    let has_room = |fixture: &&Fixture| StoreUrl::parse(fixture.template).unwrap().holds_several();
    writable().filter(|fixture| fixture.kind().can.read_back).filter(has_room)
}

#[test]
fn two_rings_in_one_place_leave_each_other_alone() {
    for fixture in roomy() {
        let world = World::new();
        let (main, other) = (world.open(fixture), world.open_ring(fixture, "COOKIE_SIGNING_KEY"));
        let holds =
            |expected: &Texts| assert_eq!(&read(&*world.open(fixture)).0, expected, "{}", fixture.template);
        let first = texts("made-up-a", "made-up-a", "cmVj");
        main.write(&writes(&first), &Version::Absent).unwrap();
        assert!(matches!(other.read().unwrap(), Held::Absent), "{}", fixture.template);
        // The same key, as where a use leaves the main ring.
        other.write(&writes(&first), &Version::Absent).unwrap();
        holds(&first);
        let (held, over) = read(&*other);
        assert_eq!(held, first, "{}", fixture.template);
        let parted = texts("made-up-b", "made-up-b,made-up-a", "cmVjMg");
        other.write(&writes(&parted), &over).unwrap();
        holds(&first);
        let (_, over) = read(&*main);
        let second = texts("made-up-c", "made-up-c", "cmVjMw");
        main.write(&writes(&second), &over).unwrap();
        holds(&second);
        assert_eq!(read(&*other).0, parted, "{}", fixture.template);
    }
}
