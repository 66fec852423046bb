//! What `keybaton init` decides: which key a ring begins with, and what the files around it have to say.

pub(crate) mod act;
pub(crate) mod configuration;
mod diff;
pub(crate) mod further;
pub(crate) mod guard;
pub(crate) mod in_use;
pub(crate) mod keys;
mod next;
pub(crate) mod refusals;
pub(crate) mod settings;
pub(crate) mod today;
mod users;
mod words;
