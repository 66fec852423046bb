//! Rings, written for another program.

use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use keybaton_core::Texts;

use crate::commands::World;
use crate::configuration::{Place, Wishes};
use crate::exit::Exit;
use crate::export::{Export as Rings, FORMATS, Format, Unfit};
use crate::failure::Failure;
use crate::serving::Served;
use crate::source::Source;

/// Print the rings for another program, quoted as that one reads them
///
/// Every ring of the environment; with --ring that one. It prints keys
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton export --format dotenv > .env.web    With umask 077, for it holds keys
  eval \"$(keybaton export --format shell)\"
  keybaton export -e production --format k8s | kubectl apply -f -
  keybaton export --format gha-mask && keybaton export --format gha >> \"$GITHUB_ENV\"
  keybaton export --format json --reveal        On a terminal")]
pub(crate) struct Export {
    /// Who is to read it
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: String,
    /// Print the keys on a terminal too
    #[arg(long)]
    reveal: bool,
}

fn formats() -> impl TypedValueParser<Value = String> {
    let named = |format: &Format| clap::builder::PossibleValue::new(format.name).help(format.reader);
    PossibleValuesParser::new(FORMATS.iter().map(named).collect::<Vec<_>>())
}

impl Export {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        if world.print.results_go_to_a_terminal() && !self.reveal {
            return Err(Failure::new(Exit::Refused, "export prints keys, and this is a terminal")
                .hint("send it where it is to be read, as in the examples of --help, or add --reveal"));
        }
        let rings = rings(world)?;
        let format = Format::named(&self.format).expect("clap knows the formats");
        let text = format.write(&rings).map_err(|unfit| refused(format, &unfit, &rings))?;
        world.print.secret_text(&text)?;
        Ok(Exit::Done)
    }
}

/// What `run` would set.
fn rings(world: &World<'_>) -> Result<Rings, Failure> {
    let wishes = Wishes::new(world.choices)?;
    let (first, others) = world.places(Path::new("."))?;
    let is_alone = wishes.ring.is_some() || wishes.store.is_some();
    let mut rings = Rings::default();
    for place in std::iter::once(first).chain(others.into_iter().filter(|_| !is_alone)) {
        add(&mut rings, world, place)?;
    }
    Ok(rings)
}

fn add(rings: &mut Rings, world: &World<'_>, place: Place) -> Result<(), Failure> {
    let source = Source { place, only_ring: true };
    let found = source.first()?;
    found.warnings.iter().for_each(|warning| world.print.warning(warning));
    let Served { signing, fallbacks, record, .. } = found.served;
    rings.add(&source.place.ring, &Texts { signing: Some(signing), fallbacks, record });
    Ok(())
}

fn refused(format: &Format, unfit: &Unfit, rings: &Rings) -> Failure {
    let sentence = format!("{} holds {}, which {} cannot read back", unfit.name, unfit.what, format.reader);
    let others = Format::that_carry(rings).join(", ");
    Failure::new(Exit::Refused, sentence).hint(format!(
        "nothing was printed; these formats can carry it: {others}; a key that keybaton draws fits them all"
    ))
}
