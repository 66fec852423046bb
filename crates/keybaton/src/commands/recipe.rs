//! The files and commands for a platform.

use std::path::Path;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use keybaton_audit::project::{Project, ProjectError};
use serde::Serialize;

use crate::commands::World;
use crate::configuration::{Configuration, Wishes, shown};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Print, Style};
use crate::recipes::{
    Answers, Django, Facts, File, Home, Made, Placed, RECIPES, Recipe as Way, State, Variant, change,
};

/// Make the files for a platform, and say what to do there
///
/// Reads the project: its settings, rings and stores, and the server in use. Shows the files, with what would change in those
/// that are there; --write writes them. No key is in any of them
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton recipe                        The targets, and what each can be told
  keybaton recipe systemd                What it would write
  keybaton recipe systemd --write        Write it, below deploy/
  keybaton recipe systemd --set user=www-data --set folder=/opt/shop")]
pub(crate) struct Recipe {
    /// The platform; without one, all are listed
    #[arg(value_parser = targets())]
    target: Option<String>,
    /// Write the files, also over those that are there
    #[arg(long)]
    write: bool,
    /// Another way to do it: `keybaton recipe` lists them
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Name units, services and containers so, instead of as the project
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The program that serves, instead of the one that the project names
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Say what the project does not say: `keybaton recipe` lists what
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

fn targets() -> PossibleValuesParser {
    let named = |recipe: &Way| PossibleValue::new(recipe.target).help(recipe.summary);
    PossibleValuesParser::new(RECIPES.iter().map(named).collect::<Vec<_>>())
}

impl Recipe {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let Some(target) = &self.target else { return self.list(world) };
        let recipe = Way::named(target).expect("clap knows the targets");
        let variant = recipe.variant(self.variant.as_deref()).ok_or_else(|| no_variant(recipe))?;
        let facts = self.facts(world, recipe, variant)?;
        let Made { files, steps } = recipe.make(&facts)?;
        let placed = placed(&facts, files)?;
        self.tell(world, recipe, &facts, &placed, &steps)?;
        if self.write {
            placed.iter().try_for_each(Placed::write)?;
        }
        Ok(Exit::Done)
    }
}

impl Recipe {
    fn facts(&self, world: &World<'_>, recipe: &Way, variant: &'static Variant) -> Result<Facts, Failure> {
        let project = Project::find(Path::new(".")).map_err(no_project)?;
        let known = Configuration::find(&project.folder)?.ok_or_else(no_configuration)?;
        let top = known.source.folder().to_owned();
        let django = Django::of(&top, &project, self.name.as_deref(), self.server.as_deref())?;
        let answers = Answers::of(recipe.asks, &self.set, &django.name)?;
        let proposal = (recipe.proposal)(&django.name, &answers);
        let home = Home::find(&Wishes::new(world.choices)?, &known, &proposal)?;
        Ok(Facts { django, home, answers, variant: variant.name })
    }

    fn tell(
        &self,
        world: &World<'_>,
        recipe: &Way,
        facts: &Facts,
        placed: &[Placed],
        steps: &[String],
    ) -> Result<(), Failure> {
        if self.json {
            return world.print.json(&told(recipe, facts, placed, steps));
        }
        for file in placed {
            world.print.result(&shown_file(world.print, facts, file, self.write))?;
        }
        let steps =
            steps.iter().map(|step| if step.is_empty() { String::new() } else { format!("  {step}") });
        world
            .print
            .result(&[vec![world.print.paint(Style::Bold, "next")], steps.collect()].concat().join("\n"))
    }

    fn list(&self, world: &World<'_>) -> Result<Exit, Failure> {
        if self.json {
            world.print.json(&RECIPES.iter().map(listed).collect::<Vec<_>>())?;
        } else {
            let each: Vec<String> = RECIPES.iter().map(|recipe| listed_lines(world.print, recipe)).collect();
            world.print.result(&each.join("\n"))?;
        }
        Ok(Exit::Done)
    }
}

/// The files of the recipe, and the configuration where it gets an environment more.
fn placed(facts: &Facts, files: Vec<File>) -> Result<Vec<Placed>, Failure> {
    let looked = files.into_iter().map(|file| Placed::look(&facts.django.top, file));
    let configuration = facts.home.added.iter().map(|(path, old, new)| {
        Ok(Placed {
            path: path.clone(),
            what: "where the key lives there",
            text: new.clone(),
            state: State::Other(old.clone()),
        })
    });
    configuration.chain(looked).collect()
}

/// One that is to be written in full, or what changes in one that is there.
fn shown_file(print: &Print, facts: &Facts, file: &Placed, write: bool) -> String {
    let name = print.paint(Style::Bold, &shown(&file.path));
    let what = file.what;
    match &file.state {
        State::Same => format!("as it is  {name}: {what}"),
        State::New if write => format!("wrote     {name}: {what}"),
        State::New => format!("{} {name}: {what}\n{}", print.paint(Style::Cyan, "==>"), file.text),
        State::Other(old) => {
            let rings: Vec<&str> = facts.home.rings.iter().map(|ring| ring.name.as_str()).collect();
            let change = change(print, &shown(&file.path), &rings, old, &file.text);
            if write { format!("{change}\nwrote     {name}: {what}") } else { format!("{change}\n") }
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    target: &'static str,
    variant: &'static str,
    environment: &'a str,
    files: Vec<Row<'a>>,
    steps: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    path: String,
    what: &'static str,
    /// What stands there: nothing (`new`), just that (`same`), or something else (`other`).
    state: &'static str,
    text: &'a str,
}

fn told<'a>(recipe: &Way, facts: &'a Facts, placed: &'a [Placed], steps: &'a [String]) -> Told<'a> {
    let row = |file: &'a Placed| {
        let state = match file.state {
            State::New => "new",
            State::Same => "same",
            State::Other(_) => "other",
        };
        Row { path: shown(&file.path), what: file.what, state, text: &file.text }
    };
    Told {
        target: recipe.target,
        variant: facts.variant,
        environment: &facts.home.environment,
        files: placed.iter().map(row).collect(),
        steps,
    }
}

#[derive(Serialize)]
struct Listed {
    target: &'static str,
    summary: &'static str,
    variants: Vec<Named>,
    asks: Vec<Asked>,
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    summary: &'static str,
}

#[derive(Serialize)]
struct Asked {
    name: &'static str,
    what: &'static str,
    usual: &'static str,
}

fn listed(recipe: &Way) -> Listed {
    let variants = recipe.variants.iter().map(|Variant { name, summary }| Named { name, summary });
    let asks = recipe.asks.iter().map(|ask| Asked { name: ask.name, what: ask.what, usual: ask.usual });
    Listed {
        target: recipe.target,
        summary: recipe.summary,
        variants: variants.collect(),
        asks: asks.collect(),
    }
}

/// The target, then its variants, then what it can be told.
fn listed_lines(print: &Print, recipe: &Way) -> String {
    let head = format!("{:<WIDTH$} {}", recipe.target, recipe.summary);
    let variants =
        recipe.variants.iter().map(|variant| ("--variant", variant.name, variant.summary.to_owned()));
    let variants = variants.filter(|_| recipe.variants.len() > 1);
    let asks = recipe.asks.iter().map(|ask| ("--set", ask.name, format!("{} ({})", ask.what, ask.usual)));
    let lines = variants.chain(asks).map(|(flag, name, what)| format!("\n  {flag} {name:<18} {what}"));
    print.paint(Style::Bold, &head) + &lines.collect::<String>()
}

const WIDTH: usize = 16;

fn no_variant(recipe: &Way) -> Failure {
    let names: Vec<&str> = recipe.variants.iter().map(|variant| variant.name).collect();
    Failure::new(Exit::Usage, format!("{} has no variant of this name", recipe.target))
        .hint(format!("it has {}", names.join(", ")))
}

fn no_project(error: ProjectError) -> Failure {
    Failure::new(Exit::Configuration, error.to_string()).hint("run it in the folder of manage.py")
}

fn no_configuration() -> Failure {
    Failure::new(
        Exit::Configuration,
        "there is no keybaton.toml here or above, so nothing says where the key lives",
    )
    .hint("run `keybaton init` first, which makes a key and says so")
}
