//! What `keybaton init` decides: which key a ring begins with, and what the files around it have to say.

pub(crate) mod configuration;
pub(crate) mod ignore;
pub(crate) mod keys;
