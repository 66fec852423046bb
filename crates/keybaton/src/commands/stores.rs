//! Every store, and what it can do.

use clap::Args;
use keybaton_stores::{Guard, STORES, StoreKind};
use serde::Serialize;

use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;

/// List every store and what it can do
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton stores
  keybaton stores --json")]
pub(crate) struct Stores {
    /// Print one JSON list
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    scheme: &'static str,
    summary: &'static str,
    example: &'static str,
    guard: &'static str,
    guarded_by: &'static str,
    read_back: bool,
    atomic: bool,
    local: bool,
    creates: &'static str,
}

impl Stores {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let rows: Vec<Row> = STORES.iter().map(row).collect();
        if self.json {
            world.print.json(&rows)?;
            return Ok(Exit::Done);
        }
        let lines: Vec<String> = rows.iter().map(line).collect();
        world.print.result(&lines.join("\n"))?;
        Ok(Exit::Done)
    }
}

/// Example and summary, then how a write is guarded, then what is out of the ordinary.
fn line(row: &Row) -> String {
    let behind = [&[row.guarded_by.to_owned()][..], &remarks(row)].concat();
    let behind = behind.iter().map(|line| format!("\n{:<WIDTH$} {line}", ""));
    format!("{:<WIDTH$} {}{}", row.example, row.summary, behind.collect::<String>())
}

fn remarks(row: &Row) -> Vec<String> {
    let race = match row.guard {
        "claim" => Some("a lost race with another program is seen afterwards"),
        "afterwards" => Some("a lost race is seen afterwards"),
        _ => None,
    };
    let sealed = (!row.read_back).then_some("cannot be read back: a mirror or the target of a copy alone");
    race.into_iter().chain(sealed).map(str::to_owned).collect()
}

/// The longest example and a space.
const WIDTH: usize = 38;

fn row(kind: &StoreKind) -> Row {
    let StoreKind { scheme, summary, example, guarded_by, creates, local, .. } = *kind;
    Row {
        scheme,
        summary,
        example,
        guard: guard(kind.can.guard),
        guarded_by,
        read_back: kind.can.read_back,
        atomic: kind.can.atomic,
        local,
        creates,
    }
}

fn guard(guard: Guard) -> &'static str {
    match guard {
        Guard::CompareAndSwap => "compare-and-swap",
        Guard::Lock => "lock",
        Guard::Claim => "claim",
        Guard::Afterwards => "afterwards",
        Guard::ReadOnly => "read-only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_says_what_it_cannot_do() {
        let can = |guard, read_back| {
            let kind =
                StoreKind { can: keybaton_stores::Can { read_back, guard, atomic: true }, ..STORES[0] };
            remarks(&row(&kind)).join("; ")
        };
        assert_eq!(can(Guard::Lock, true), "");
        assert_eq!(can(Guard::Claim, true), "a lost race with another program is seen afterwards");
        assert_eq!(
            can(Guard::Afterwards, false),
            "a lost race is seen afterwards; cannot be read back: a mirror or the target of a copy alone"
        );
    }

    #[test]
    fn each_example_has_room() {
        assert!(STORES.iter().all(|kind| kind.example.len() < WIDTH));
    }
}
