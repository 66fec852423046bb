//! A new key on stdout.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use keybaton_core::generate::{BadLength, Format, generate};

use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::random;

/// Print a new key
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton generate
  keybaton generate --format django
  keybaton generate --format hex --length 128")]
pub(crate) struct Generate {
    /// Write the key in this format
    #[arg(long, value_name = "FORMAT", default_value = "alnum", value_parser = formats())]
    format: Format,
    /// Make it this many characters long (50 to 1024) instead of the format's usual 50 or 64
    #[arg(long, value_name = "N")]
    length: Option<usize>,
}

impl Generate {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let key = generate(self.format, self.length, &mut random::fill).map_err(refused)?;
        world.print.secret(&key)?;
        Ok(Exit::Done)
    }
}

fn formats() -> impl TypedValueParser<Value = Format> {
    let names = PossibleValuesParser::new(Format::ALL.map(|(name, _)| name));
    names.try_map(|name| name.parse::<Format>())
}

fn refused(length: BadLength) -> Failure {
    Failure::new(Exit::Usage, length.to_string()).hint("leave --length out for the format's usual length")
}
