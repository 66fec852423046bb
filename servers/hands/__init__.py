"""Each platform's official client as the tests' hand: it puts things into a store and looks what is there."""
