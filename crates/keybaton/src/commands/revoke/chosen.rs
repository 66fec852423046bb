//! Which keys are cut off, and what becomes of the users.

use keybaton_core::{KeyId, Role};

/// Which keys to cut off.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chosen {
    One(KeyId, Role),
    All,
    /// It left the ring earlier.
    Gone(KeyId),
}

impl Chosen {
    pub(super) fn id(self) -> Option<KeyId> {
        match self {
            Self::One(id, _) | Self::Gone(id) => Some(id),
            Self::All => None,
        }
    }

    pub(super) fn logs_out(self) -> bool {
        !matches!(self, Self::One(_, Role::Next) | Self::Gone(_))
    }

    /// What becomes of the users, and of what was signed. Sessions hang on the main ring alone.
    pub(super) fn consequence(self, is_main: bool) -> String {
        match self {
            Self::All if !is_main => "every key is cut off. Everything that they signed is refused, as soon as the processes are \
                                      restarted"
                .to_owned(),
            Self::One(id, Role::Signing) if !is_main => format!(
                "key {id} signs. What it signed is refused, as soon as the processes are restarted; until the last one is, \
                 some refuse what others sign"
            ),
            Self::One(id, Role::Retiring) if !is_main => {
                format!("key {id} retires. What it signed before its successor did is refused")
            }
            Self::One(id, Role::Next) if !is_main => {
                format!("key {id} signs nowhere yet, so nothing is refused")
            }
            Self::All => "every key is cut off. Every user is logged out, and every signed cookie, link and reset token is \
                          refused, as soon as the processes are restarted"
                .to_owned(),
            Self::One(id, Role::Signing) => format!(
                "key {id} signs. The users whose sessions it signed are logged out, and its signed cookies, links and reset \
                 tokens are refused, as soon as the processes are restarted; until the last one is, some refuse what \
                 others sign"
            ),
            Self::One(id, Role::Retiring) => {
                format!("key {id} retires. The users who have not come back since its successor signs are logged out")
            }
            Self::Gone(id) => format!("key {id} is in the ring no longer"),
            Self::One(id, Role::Next) => format!("key {id} signs nowhere yet, so nobody is logged out"),
        }
    }
}
