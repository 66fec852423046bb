//! A ring into another store.

use clap::Args;
use keybaton_core::Reading;
use keybaton_handover::{Copied, Copying, Look, Original, Place, copy, copying, look};

use crate::allowed::{Allowed, Owner};
use crate::commands::World;
use crate::completions::{stores, stores_or_stdin};
use crate::configuration::Located;
use crate::copied::{Both, foretold, name, said};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::Given;
use crate::opened::{interruptible, must_not_leak, opened, tell, writing};
use crate::store;

/// Copy a ring into another store
///
/// An older copy there is brought up to date; a later one, another ring, or a key that FROM does not know is never
/// written over. A bare key becomes a ring there
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton copy dotenv:.env vault://secret/shop/django --create
  keybaton copy dotenv:.env dir:secrets --dry-run
  keybaton generate | keybaton copy - file:secrets/secret_key.txt
  keybaton copy --ring JWT_SIGNING_KEY - dir:secrets < ring.env

On standard input stands a key, three lines NAME=…, NAME_FALLBACKS=…, NAME_RING=…, or a JSON object of the three")]
pub(crate) struct Copy {
    /// The store to read, or `-` for standard input
    #[arg(add = stores_or_stdin())]
    from: String,
    /// The store to write
    #[arg(add = stores())]
    to: String,
    /// Make what holds the ring where a store on a network lacks it
    #[arg(long)]
    create: bool,
    /// Make a JSON object of a value that is a key and nothing else: each consumer then has to pick from it
    #[arg(long)]
    reshape: bool,
    /// Write over keys that nobody can read and whose record is lost; whoever needs them finds those of FROM there
    #[arg(long)]
    over_unreadable: bool,
    #[command(flatten)]
    owner: Owner,
    /// Say what would be written and made, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

impl Copy {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let (ring, wishes) = world.ring()?;
        let both = Both { from: Given::of(&self.from)?, to: self.to()?, ring, wishes };
        let to = opened(&both.ring, &both.to, self.allowed())?;
        let from = both.original()?;
        both.must_be_known_elsewhere(&from)?;
        let at = self.at(look(&to).map_err(Failure::of_store)?);
        let would = match copying(&from, &at.reading) {
            Ok(would) => would,
            Err(not) => return Err(both.refused(from, &at.reading, not)),
        };
        if self.dry_run {
            return self.tell_what_would(world, &both, &from, would);
        }
        if would != Copying::Nothing {
            must_not_leak(&both.to)?;
        }
        self.copy(world, &both, from, &to, at)
    }

    fn to(&self) -> Result<Located, Failure> {
        match Given::of(&self.to)? {
            Given::Store(at) => Ok(at),
            Given::Stdin => Err(Failure::new(Exit::Usage, "a ring is copied into a store, and `-` is none")
                .hint("`keybaton stores` lists all kinds of stores")),
        }
    }

    /// What stands there, as far as it is to be heeded.
    fn at(&self, found: Look) -> Look {
        match &found.reading {
            Reading::Sealed(sealed) if self.over_unreadable && sealed.head().is_none() => {
                Look { reading: Reading::Absent, ..found }
            }
            _ => found,
        }
    }

    fn allowed(&self) -> Allowed {
        Allowed { create: self.create, reshape: self.reshape, ..self.owner.allowed() }
    }

    fn copy(
        &self,
        world: &World<'_>,
        both: &Both,
        from: Original,
        to: &Place,
        at: Look,
    ) -> Result<Exit, Failure> {
        let is_key = matches!(from, Original::Keys(_));
        let done = writing(world, &interruptible()?, |world| copy(from, to, at, world));
        let Copied { did, ring, notes } = done.map_err(|error| both.failed(error))?;
        tell(world, false, &notes);
        if self.json {
            world.print.json(&both.told(Some(&ring), Some(name(did))))?;
        } else {
            world.print.result(&said(both, did, is_key, &ring))?;
        }
        Ok(Exit::Done)
    }

    fn tell_what_would(
        &self,
        world: &World<'_>,
        both: &Both,
        from: &Original,
        would: Copying,
    ) -> Result<Exit, Failure> {
        let url = store::url(&both.to)?;
        let makes = (would == Copying::Fill && (url.kind().local || self.create)).then(|| url.creates());
        let ring = if let Original::Ring(ring) = from { Some(&**ring) } else { None };
        if self.json {
            let mut told = both.told(ring, None);
            (told.would, told.makes) = (Some(name(would)), makes);
            return world.print.json(&told).map(|()| Exit::Done);
        }
        let mut lines = vec![foretold(both, would, ring)];
        match makes {
            Some(creates) => lines.push(format!("makes    what is missing: {creates}")),
            None if would == Copying::Fill => {
                lines.push(format!(
                    "lacks    --create, where it is not there yet: it makes {}",
                    url.creates()
                ));
            }
            None => {}
        }
        world.print.result(&lines.join("\n"))?;
        Ok(Exit::Done)
    }
}
