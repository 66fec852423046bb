//! After a leak: cut a key off.

use clap::Args;
use keybaton_core::{Change, KeyId, Role};
use keybaton_handover::{Look, cut, look};

use crate::ask::{Answer, confirm};
use crate::clock::now;
use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::key_id;
use crate::opened::{Opened, interruptible, tell};
use crate::report::Report;
use crate::rotation;

/// Cut a leaked key off at once, without a period of grace
///
/// It says who is logged out, and asks
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton revoke 3f9a1c2b7d
  keybaton revoke --all --accept-logouts")]
pub(crate) struct Revoke {
    /// The key, by its id or the beginning of it
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    key: Option<String>,
    /// Cut every key off
    #[arg(long)]
    all: bool,
    /// Do not ask: the users who are logged out by this log in again
    #[arg(long)]
    accept_logouts: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the ring afterwards as one JSON object
    #[arg(long)]
    json: bool,
}

impl Revoke {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let opened = Opened::here(world)?;
        let key = self.chosen(&opened)?;
        world.print.note(&format!("{}: {}", opened.name(), key.consequence()));
        if self.dry_run {
            return Ok(Exit::Done);
        }
        let accepted = self.accept_logouts || !key.logs_out();
        if !accepted && confirm(world, "Cut it off?", "--accept-logouts")? == Answer::No {
            return Ok(Exit::Done);
        }
        self.cut_off(world, &opened, key.id())
    }

    fn cut_off(&self, world: &World<'_>, opened: &Opened, id: Option<KeyId>) -> Result<Exit, Failure> {
        let interrupt = interruptible()?;
        let after = opened.write(world, &interrupt, |world| cut(&opened.places, id, world))?;
        tell(world, after.mended, &after.notes);
        if self.json {
            world.print.json(&Report::new(opened, &after.ring, now()))?;
        } else {
            let change = id.map_or(Change::RevokeAll, Change::Revoke);
            world.print.result(&rotation::revoked(change, &after.ring))?;
        }
        Ok(Exit::Done)
    }

    fn chosen(&self, opened: &Opened) -> Result<Chosen, Failure> {
        let Look { reading, .. } = look(&opened.places.store).map_err(Failure::of_store)?;
        let Some(text) = &self.key else { return Ok(Chosen::All) };
        let known = reading.known_keys();
        let ids: Vec<KeyId> = known.iter().map(|(id, _)| *id).collect();
        let id = key_id::named(&ids, text)?;
        let role = known.iter().find(|(other, _)| *other == id).map_or(Role::Signing, |(_, role)| *role);
        Ok(Chosen::One(id, role))
    }
}

/// Which keys to cut off.
#[derive(Clone, Copy, Debug)]
enum Chosen {
    One(KeyId, Role),
    All,
}

impl Chosen {
    fn id(self) -> Option<KeyId> {
        match self {
            Self::One(id, _) => Some(id),
            Self::All => None,
        }
    }

    fn logs_out(self) -> bool {
        !matches!(self, Self::One(_, Role::Next))
    }

    /// What becomes of the users.
    fn consequence(self) -> String {
        match self {
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
            Self::One(id, Role::Next) => format!("key {id} signs nowhere yet, so nobody is logged out"),
        }
    }
}
