//! What recipes there are, and what each can be told.

use serde::Serialize;

use crate::commands::World;
use crate::failure::Failure;
use crate::print::{Print, Style};
use crate::recipes::{RECIPES, Recipe};

pub(super) fn list(world: &World<'_>, json: bool) -> Result<(), Failure> {
    let rows: Vec<Row> = RECIPES.iter().map(row).collect();
    if json {
        return world.print.json(&rows);
    }
    let each: Vec<String> = rows.iter().map(|row| lines(world.print, row)).collect();
    world.print.result(&each.join("\n"))
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

/// The target, then its variants where there are several, then what it can be told.
fn lines(print: &Print, row: &Row) -> String {
    let head = print.paint(Style::Bold, &format!("{:<WIDTH$} {}", row.target, row.summary));
    let variants = if row.variants.len() > 1 { &row.variants[..] } else { &[] };
    let variants =
        variants.iter().map(|Variant { name, summary }| format!("\n  --variant {name:<18} {summary}"));
    let asks = row.asks.iter().map(|ask| match ask.usual {
        "" => format!("\n  --set {:<22} {}", ask.name, ask.what),
        usual => format!("\n  --set {:<22} {} ({usual})", ask.name, ask.what),
    });
    head + &variants.chain(asks).collect::<String>()
}

const WIDTH: usize = 16;
