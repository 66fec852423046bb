//! What it means when a keychain fails.

use keybaton_files::{FileError, FileErrorKind};

use super::{Keychain, LARGEST_OF_WINDOWS};
use crate::{StoreError, StoreErrorKind};

/// Why a keychain did not answer.
#[derive(Debug)]
#[expect(dead_code, reason = "no system has all of them")]
pub(super) enum Trouble {
    /// Nobody is logged in to a desktop here.
    NoSession(String),
    /// Nothing in the session keeps secrets.
    NoKeeper,
    /// Somebody has to unlock it first.
    Locked,
    /// There is no default one.
    NoneMade,
    /// Two items have this name.
    Twice,
    Denied(String),
    TooSlow,
    TooLarge,
    Failed(String),
}

impl Keychain {
    pub(super) fn not_read(&self, why: Trouble) -> StoreError {
        let store = &self.store;
        let (kind, what, hint) = match why {
            Trouble::NoSession(why) => (
                StoreErrorKind::Unreachable,
                format!("there is no session to find a keychain in: {why}"),
                INSTALL,
            ),
            Trouble::NoKeeper => (
                StoreErrorKind::Unreachable,
                "no program in this session keeps secrets (org.freedesktop.secrets)".to_owned(),
                INSTALL,
            ),
            Trouble::Locked => (StoreErrorKind::SignInNeeded, "the keychain is locked".to_owned(), UNLOCK),
            Trouble::NoneMade => (
                StoreErrorKind::SignInNeeded,
                "there is no default keychain yet".to_owned(),
                "make one in your desktop's program for passwords, such as Seahorse, or log in to the desktop once",
            ),
            Trouble::Twice => (
                StoreErrorKind::Malformed,
                "two items have this name".to_owned(),
                "take out the one that is not the key, in your desktop's program for passwords",
            ),
            Trouble::Denied(why) => (
                StoreErrorKind::Denied,
                format!("the keychain cannot be asked ({why}): permission denied"),
                "a keychain answers its own user alone, in that user's session: no sudo",
            ),
            Trouble::TooSlow => (
                StoreErrorKind::Unreachable,
                "the keychain did not answer in time: does it wait for an answer of yours?".to_owned(),
                UNLOCK,
            ),
            Trouble::TooLarge => return self.too_large(),
            Trouble::Failed(why) => (
                StoreErrorKind::Unreachable,
                format!("the keychain failed: {why}"),
                "see whether your desktop's program for passwords shows the item",
            ),
        };
        StoreError::new(kind, format!("{store}: {what}")).hint(hint)
    }

    pub(super) fn not_written(&self, why: Trouble) -> StoreError {
        if !matches!(why, Trouble::TooSlow) {
            return self.not_read(why);
        }
        let sentence =
            format!("{}: the write may have been done, but the keychain did not say so in time", self.store);
        StoreError::new(StoreErrorKind::Uncertain, sentence).hint("run it again: it looks first")
    }

    /// Nobody may write before other keybatons are kept out.
    pub(super) fn not_alone(&self, why: FileError) -> StoreError {
        let is_held = why.kind() == FileErrorKind::Locked;
        let error = StoreError::from(why);
        let sentence = format!("{}: its lock among keybatons cannot be had: {}", self.store, error.sentence);
        let error = StoreError { sentence, ..error };
        if is_held { error } else { error.hint(LOCK_FOLDERS) }
    }

    pub(super) fn overwritten(&self, name: &str) -> StoreError {
        let sentence = format!("{}: another program wrote {name} right after this write", self.store);
        StoreError::new(StoreErrorKind::Conflict, sentence)
            .hint("run it again: it goes on from what stands there")
    }

    pub(super) fn too_large(&self) -> StoreError {
        let sentence = format!(
            "{}: the ring is larger than the {LARGEST_OF_WINDOWS} bytes that a credential of Windows holds",
            self.store
        );
        StoreError::new(StoreErrorKind::TooLarge, sentence)
            .hint("nothing was written; layout=separate in its URL makes three credentials of it, and dotenv: has no such limit")
    }
}

const INSTALL: &str = "log in to a desktop that has GNOME Keyring, KWallet or KeePassXC (package gnome-keyring); on a server \
     and over SSH, dotenv:.env keeps the ring";
const UNLOCK: &str = "unlock it in your desktop's program for passwords, such as Seahorse or Keychain Access, and run it again";

pub(super) const LOCK_FOLDERS: &str = if cfg!(windows) {
    r"nothing was written; see who may write in keybaton\locks in the AppData\Local of your user profile"
} else {
    "nothing was written; /run/user/UID and .cache/keybaton/locks in your home carry the lock, else /tmp/keybaton-UID, with \
     your number (`id -u`): let one of them be yours"
};
