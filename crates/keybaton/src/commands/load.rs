//! The ring for the Python package, which cannot read stores itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use keybaton_core::SecretText;
use serde::Serialize;

use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
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
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        if world.print.results_go_to_a_terminal() {
            return Err(Failure::new(Exit::Refused, "load prints keys for a program, not on a terminal")
                .hint("`keybaton status` shows the ring without its keys"));
        }
        let place = world.place(&self.from)?;
        let texts = store::read(&place)?;
        let served = Served::new(&place.ring, texts).ok_or_else(|| store::no_key(&place))?;
        let texts = BTreeMap::from([
            (place.ring.as_str().to_owned(), Some(served.signing.expose())),
            (place.ring.fallbacks(), served.fallbacks.as_ref().map(SecretText::expose)),
            (place.ring.record(), served.record.as_deref()),
        ]);
        let local = store::url(&place.store)?.kind().local;
        let answer = Answer { texts, store: &place.store.url, local, warnings: &served.warnings };
        world.print.json(&answer)?;
        Ok(Exit::Done)
    }
}
