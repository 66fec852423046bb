//! The ring for the Python package, which cannot read stores itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use keybaton_core::{RingName, SecretText};
use serde::Serialize;

use crate::commands::World;
use crate::configuration::{Configuration, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::offline;
use crate::serving::Served;
use crate::store;

/// Print the ring for the Python package
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton load --ring SECRET_KEY --from . | wc -c")]
pub(crate) struct Load {
    /// Look for the configuration in this folder and above
    #[arg(long, value_name = "DIR", default_value = ".")]
    from: PathBuf,
    /// Give no ring where the store is not made of files, and do not ask it
    #[arg(long)]
    local_only: bool,
}

/// What the Python package reads. A text that is not there is null.
#[derive(Serialize)]
struct Answer<'a> {
    texts: BTreeMap<String, Option<&'a str>>,
    store: &'a str,
    local: bool,
    warnings: &'a [String],
}

impl Load {
    fn place(&self, world: &World<'_>) -> Result<Place, Failure> {
        let is_named =
            Wishes::new(world.choices)?.store.is_some() || Configuration::find(&self.from)?.is_some();
        let ring_is_well = || world.choices.ring.as_ref().is_none_or(|name| name.parse::<RingName>().is_ok());
        match world.place(&self.from) {
            Err(_) if !is_named && ring_is_well() => Err(self.unconfigured()),
            outcome => outcome,
        }
    }

    /// Whoever reads this sees settings being imported, not this command.
    fn unconfigured(&self) -> Failure {
        let sentence = format!("there is no keybaton.toml in {} or above", self.from.display());
        Failure::new(Exit::Configuration, sentence)
            .hint("run `keybaton init` there, or name a store: KEYBATON_STORE=dotenv:.env")
    }

    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        if world.print.results_go_to_a_terminal() {
            return Err(Failure::new(Exit::Refused, "load prints keys for a program, not on a terminal")
                .hint(format!(
                    "`{}` shows the ring without its keys",
                    Wishes::new(world.choices)?.again("status")
                )));
        }
        let place = self.place(world)?;
        let local = store::url(&place.store)?.kind().is_of_files();
        if self.local_only && !local {
            let answer = Answer { texts: BTreeMap::new(), store: &place.store.url, local, warnings: &[] };
            return world.print.json(&answer).map(|()| Exit::Done);
        }
        let (texts, warnings) = offline::read(&place)?;
        let mut served =
            Served::new(&place.ring, &place.wishes, texts).ok_or_else(|| store::no_key(&place))?;
        served.warnings.extend(warnings);
        let texts = BTreeMap::from([
            (place.ring.as_str().to_owned(), Some(served.signing.expose())),
            (place.ring.fallbacks(), served.fallbacks.as_ref().map(SecretText::expose)),
            (place.ring.record(), served.record.as_deref()),
        ]);
        let answer = Answer { texts, store: &place.store.url, local, warnings: &served.warnings };
        world.print.json(&answer)?;
        Ok(Exit::Done)
    }
}
