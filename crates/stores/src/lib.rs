//! Where rings live: one file a store.
