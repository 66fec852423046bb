//! Two stores, side by side.

use clap::Args;
use keybaton_core::Reading;
use keybaton_handover::HandoverError;

use crate::commands::World;
use crate::completions::stores_or_stdin;
use crate::configuration::Wishes;
use crate::difference::Difference;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::Given;
use crate::verdict::Behind;

/// Compare the rings of two stores, and show no key
///
/// Says whether both hold the same ring, which of them is behind, and which keys stand where
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton diff dotenv:.env dir:secrets
  keybaton diff vault://secret/shop/django dotenv:.env --json
  printenv SECRET_KEY | keybaton diff - dotenv:.env

Exit code 1 says that they differ")]
pub(crate) struct Diff {
    /// A store, or `-` for standard input
    #[arg(add = stores_or_stdin())]
    a: String,
    /// Another store, or `-`
    #[arg(add = stores_or_stdin())]
    b: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let (ring, wishes) = world.ring()?;
        let (a, b) = (Given::of(&self.a)?, Given::of(&self.b)?);
        if a == Given::Stdin && b == Given::Stdin {
            return Err(Failure::new(Exit::Usage, "standard input can be one side only")
                .hint("name a store for the other"));
        }
        let left = comparable(&a, a.reading(&ring)?)?;
        let right = comparable(&b, b.reading(&ring)?)?;
        let difference = Difference::of((a.name(), &left), (b.name(), &right));
        if self.json {
            world.print.json(&difference.told(&ring))?;
        } else {
            let next = difference.behind().and_then(|behind| bring_up(&wishes, behind, &a, &b));
            world.print.result(&[difference.text(world.print), next.unwrap_or_default()].concat())?;
        }
        Ok(if difference.is_equal() { Exit::Done } else { Exit::Findings })
    }
}

/// What brings the one that is behind up to date; nothing where no command can.
fn bring_up(wishes: &Wishes, behind: Behind, a: &Given, b: &Given) -> Option<String> {
    let (from, to) = if behind == Behind::A { (b, a) } else { (a, b) };
    if *from == Given::Stdin || !to.takes_a_ring() {
        return None;
    }
    let copy = wishes.between(&format!("copy {} {}", from.typed(), to.typed()));
    Some(format!("\n\nnext    {copy}, which brings {behind:?} up"))
}

/// A record of a later format says nothing that could be compared.
fn comparable(given: &Given, reading: Reading) -> Result<Reading, Failure> {
    let Reading::Newer(newer) = reading else { return Ok(reading) };
    let sentence = format!("{}: {}", given.name(), HandoverError::Newer(newer.format));
    Err(Failure::new(Exit::Conflict, sentence).hint("update keybaton: pip install --upgrade keybaton"))
}
