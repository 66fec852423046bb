//! Look, decide, act, look again: a rotation carried out on real stores.
