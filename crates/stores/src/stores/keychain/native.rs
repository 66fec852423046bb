//! macOS's Keychain and Windows' Credential Manager.
//!
//! Either may ask its user something meanwhile, and tells us nothing of it: so it is not our own thread that waits.

use std::sync::mpsc::sync_channel;
use std::thread;

use keyring::{Entry, Error};
use zeroize::Zeroizing;

use super::Item;
use super::refusal::Trouble;
use crate::Environment;
use crate::remote::Deadline;

/// The way to it.
pub(super) struct Door;

impl Door {
    pub(super) fn new(_: &Environment) -> Self {
        Self
    }

    pub(super) fn read(
        &self,
        item: Item<'_>,
        deadline: Deadline,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
        in_time(item, deadline, |entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    pub(super) fn write(&self, item: Item<'_>, new: &[u8], deadline: Deadline) -> Result<(), Trouble> {
        let new = Zeroizing::new(new.to_vec());
        in_time(item, deadline, move |entry| entry.set_secret(&new))
    }
}

fn in_time<T: Send + 'static>(
    item: Item<'_>,
    deadline: Deadline,
    ask: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    let entry = Entry::new(item.service, item.account).map_err(failed)?;
    let (tell, told) = sync_channel(1);
    let asker = thread::Builder::new().spawn(move || drop(tell.send(ask(&entry).map_err(failed))));
    asker.map_err(|error| Trouble::Failed(error.to_string()))?;
    told.recv_timeout(deadline.left()).unwrap_or(Err(Trouble::TooSlow))
}

fn failed(error: Error) -> Trouble {
    match error {
        Error::NoStorageAccess(_) => Trouble::Locked,
        Error::Ambiguous(_) => Trouble::Twice,
        Error::TooLong(..) => Trouble::TooLarge,
        // Of what could not be read nothing is shown.
        Error::BadEncoding(_) => Trouble::Failed("it holds no text".to_owned()),
        error => Trouble::Failed(error.to_string()),
    }
}
