//! What recipes there are, and what each can be told.

use serde::Serialize;

use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Style;
use crate::recipes::{RECIPES, Recipe};

/// Every target, a line each; for programs with all that each can be told.
pub(super) fn targets(world: &World<'_>, json: bool) -> Result<Exit, Failure> {
    if json {
        world.print.json(&RECIPES.iter().map(row).collect::<Vec<_>>())?;
    } else {
        let lines: Vec<String> = RECIPES.iter().map(head).collect();
        world.print.result(&lines.join("\n"))?;
    }
    Ok(Exit::Done)
}

/// The variants of one, and what it can be told.
pub(super) fn options(world: &World<'_>, recipe: &Recipe, json: bool) -> Result<Exit, Failure> {
    let row = row(recipe);
    if json {
        world.print.json(&row)?;
    } else {
        let lines = lines(&row);
        world
            .print
            .result(&[vec![world.print.paint(Style::Bold, &head(recipe))], lines].concat().join("\n"))?;
    }
    Ok(Exit::Done)
}

fn head(recipe: &Recipe) -> String {
    format!("{:<WIDTH$} {}", recipe.target, recipe.summary)
}

#[derive(Serialize)]
struct Row {
    target: &'static str,
    summary: &'static str,
    variants: Vec<Variant>,
    asks: Vec<Ask>,
}

#[derive(Serialize)]
struct Variant {
    name: &'static str,
    summary: &'static str,
}

#[derive(Serialize)]
struct Ask {
    name: &'static str,
    what: &'static str,
    usual: &'static str,
}

fn row(recipe: &Recipe) -> Row {
    let variants = recipe.variants.iter();
    let variants = variants.map(|variant| Variant { name: variant.name, summary: variant.summary });
    let asks = recipe.asks.iter().map(|ask| Ask { name: ask.name, what: ask.what, usual: ask.usual });
    let Recipe { target, summary, .. } = *recipe;
    Row { target, summary, variants: variants.collect(), asks: asks.collect() }
}

/// The variants where there are several, then what can be said, with what is taken where nobody says it.
fn lines(row: &Row) -> Vec<String> {
    let variants = if row.variants.len() > 1 { &row.variants[..] } else { &[] };
    let variants =
        variants.iter().map(|Variant { name, summary }| format!("  --variant {name:<18} {summary}"));
    let asks = row.asks.iter().map(|ask| match ask.usual {
        "" => format!("  --set {:<22} {}", ask.name, ask.what),
        usual => format!("  --set {:<22} {} ({usual})", ask.name, ask.what),
    });
    variants.chain(asks).collect()
}

const WIDTH: usize = 16;
