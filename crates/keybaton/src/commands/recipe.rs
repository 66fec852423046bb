//! The files and commands for a platform.

use std::path::Path;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use keybaton_audit::project::{Project, ProjectError};
use keybaton_core::shell::posix;

use crate::arguments::Choices;
use crate::commands::World;
use crate::configuration::{self, Configuration, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::{
    Answers, Django, Facts, File, Home, Made, Placed, RECIPES, Recipe as Way, Said, State, Variant,
};

mod list;
mod shown;

/// Make the files for a platform, and say what to do there
///
/// Reads the project: its settings, rings and stores, and the server in use. Shows the files, with what would change in those
/// that are there; --write writes them. No key is in any of them
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton recipe                        The targets
  keybaton recipe systemd --options      Its variants, and what it can be told
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
    /// List the variants of the target, and what --set can say
    #[arg(long, requires = "target", conflicts_with_all = ["write", "variant", "set"])]
    options: bool,
    /// Another way to do it: --options lists them
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Name units, services and containers so, instead of as the project
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The program that serves, instead of the one that the project names
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// The settings module of the site, instead of the one that wsgi.py or asgi.py names
    #[arg(long, value_name = "MODULE")]
    settings: Option<String>,
    /// Say what the project does not say: --options lists what
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
        let Some(target) = &self.target else { return list::targets(world, self.json) };
        let recipe = Way::named(target).expect("clap knows the targets");
        if self.options {
            return list::options(world, recipe, self.json);
        }
        let variant = recipe.variant(self.variant.as_deref()).ok_or_else(|| no_variant(recipe))?;
        of_all_rings(world.choices)?;
        let facts = self.facts(world, recipe, variant)?;
        let Made { files, steps } = in_its_folder(&facts.django.top, recipe.make(&facts)?);
        let placed = placed(&facts, files)?;
        self.do_all(world, recipe, &facts, &placed, &steps)?;
        Ok(Exit::Done)
    }
}

impl Recipe {
    fn facts(&self, world: &World<'_>, recipe: &Way, variant: &'static Variant) -> Result<Facts, Failure> {
        let project = Project::find(Path::new(".")).map_err(no_project)?;
        let known = Configuration::find(&project.folder)?.ok_or_else(no_configuration)?;
        let top = known.source.folder().to_owned();
        let said = Said {
            name: self.name.as_deref(),
            server: self.server.as_deref(),
            settings: self.settings.as_deref(),
        };
        let django = Django::of(&top, &project, &said)?;
        let answers = Answers::of(recipe.asks, &self.set, &django.name)?;
        let wishes = Wishes::new(world.choices)?;
        let home = match recipe.proposal {
            None => Home::here(&wishes, &known)?,
            Some(propose) => {
                Home::find(&wishes, &known, |table| propose(&django, variant.name, &answers, table))?
            }
        };
        Ok(Facts { django, home, answers, variant: variant.name })
    }

    fn do_all(
        &self,
        world: &World<'_>,
        recipe: &Way,
        facts: &Facts,
        placed: &[Placed],
        steps: &[String],
    ) -> Result<(), Failure> {
        let print = world.print;
        if self.json {
            if self.write {
                placed.iter().try_for_each(Placed::write)?;
            }
            return shown::json(print, recipe, facts, placed, steps);
        }
        for file in placed {
            if self.write { shown::write(print, facts, file)? } else { shown::plan(print, facts, file)? }
        }
        shown::steps(print, steps)
    }
}

/// A recipe is for the rings and stores that are configured, and would be wrong for another one.
fn of_all_rings(choices: &Choices) -> Result<(), Failure> {
    let flag = match choices {
        Choices { store: Some(_), .. } => "--store",
        Choices { ring: Some(_), .. } => "--ring",
        _ => return Ok(()),
    };
    Err(Failure::new(
        Exit::Usage,
        format!(
            "a recipe is for every ring and store that keybaton.toml names, so {flag} means nothing here"
        ),
    )
    .hint("leave it out, and write store = … into the table of the environment"))
}

/// Paths and commands are meant in the folder of keybaton.toml: from anywhere else, that is the first step.
fn in_its_folder(top: &Path, made: Made) -> Made {
    let is_here = std::env::current_dir().is_ok_and(|here| here == top);
    if is_here || made.steps.is_empty() {
        return made;
    }
    made.first(format!("    cd {}", posix(&configuration::shown(top))))
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
