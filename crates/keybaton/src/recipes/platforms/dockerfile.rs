//! Images: built with a key that is thrown away, and looked through for keys.

mod packages;

use keybaton_stores::StoreUrl;
use minijinja::{Value, context};

use self::packages::Wanted;
use super::packages::Image;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::servers::Listen;
use crate::recipes::template::fill;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "dockerfile",
    summary: "an image without a key in it: the lines of its build, and a script that looks through it",
    variants: &[
        Variant { name: "lines", summary: "what belongs into the Dockerfile that is there" },
        Variant { name: WHOLE, summary: "a Dockerfile, where there is none" },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "file", what: "the Dockerfile", usual: "Dockerfile", kind: Kind::Word },
    Ask { name: "image", what: "what the image is called", usual: "NAME:latest", kind: Kind::Word },
    Ask {
        name: "python",
        what: "the image that it begins with",
        usual: "python:3.13-slim",
        kind: Kind::Word,
    },
    Ask { name: "requirements", what: "the list of packages for pip", usual: OF_PROJECT, kind: Kind::Word },
    Ask {
        name: "user",
        what: "as whom the container runs, in numbers",
        usual: "1000:1000",
        kind: Kind::Word,
    },
];

/// An image is the same in each environment.
fn proposal(_: &Django, _: &str, _: &Answers, _: &str) -> Result<Proposal, Failure> {
    Ok(Proposal::of_no_environment())
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let file = facts.answers.get("file");
    let there = facts.django.text(file);
    let made = match (facts.variant, there) {
        (WHOLE, _) => Made::default().file(file, "the image", whole(facts)?),
        (_, Some(text)) => lines(facts, &text),
        (_, None) => return Err(no_dockerfile(file)),
    };
    let image = facts.answers.get("image");
    let made = ignored(made, facts)
        .file(SCRIPT, "looks for keys in an image", include_str!("dockerfile/look.py").to_owned())
        .step("Build, and see that no key of yours is in any of its layers, variables and build arguments:")
        .command(format!("docker build --tag {image} --file {file} ."))
        .command(format!("docker save {image} | python {SCRIPT}"));
    Ok(made)
}

fn whole(facts: &Facts) -> Result<String, Failure> {
    let (image, requirements) = match packages::wanted(facts)? {
        Wanted::Image(image) => (Some(image), None),
        Wanted::List(list) => (None, Some(list)),
    };
    let command = facts.django.server.command(Listen::Address("0.0.0.0:8000"), &facts.django.application());
    let user = facts.answers.get("user");
    let (user, group) = user.split_once(':').unwrap_or((user, user));
    Ok(fill(
        include_str!("dockerfile/Dockerfile"),
        context! {
            python => facts.answers.get("python"), image => image.map(gap), requirements, user, group, name => facts.django.name.as_str(),
            settings => facts.django.settings.as_str(), collects => facts.django.collects, throwaway => throwaway(facts),
            folder => facts.django.folder.display().to_string(), command => serde_json::json!(command).to_string(),
        },
    ))
}

fn gap(image: Image) -> Value {
    let place = if image.place.is_empty() { String::new() } else { format!("{}/", image.place) };
    context! {
        manager => image.manager, files => image.files.join(" "), place, install => image.install, project => image.project,
    }
}

/// What belongs into the file that is there, and what does not.
fn lines(facts: &Facts, text: &str) -> Made {
    let file = facts.answers.get("file");
    let made = Made::default();
    let made = match kept(facts, text) {
        None => made,
        Some((line, name)) => made.step(format!(
            "Line {line} of {file} leaves {name} in the image: take it out, and rotate the key; whoever has the image has it."
        )),
    };
    let is_done =
        text.contains("KEYBATON_THROWAWAY=1") || !facts.django.collects && !text.contains("collectstatic");
    let made = match is_done {
        true => made,
        false => made
            .step(format!("Let the line of {file} that collects the static files be this one, with a key for this command alone:"))
            .command(format!("RUN {} python manage.py collectstatic --noinput", throwaway(facts))),
    };
    made.step("Where a step of the build needs the real key, mount it for that step (it is in no layer), and build so:")
        .command("RUN --mount=type=secret,id=SECRET_KEY,env=SECRET_KEY python manage.py …")
        .command("keybaton run -- docker build --secret id=SECRET_KEY,env=SECRET_KEY .")
}

/// The first line that gives the image or its history a key.
fn kept(facts: &Facts, text: &str) -> Option<(usize, String)> {
    let names =
        facts.home.rings.iter().flat_map(|ring| [ring.name.as_str().to_owned(), ring.name.fallbacks()]);
    let names: Vec<String> = names.collect();
    text.lines().enumerate().find_map(|(number, line)| {
        let mut words = line.split(|c: char| c.is_whitespace() || c == '=');
        let instruction = words.find(|word| !word.is_empty())?.to_ascii_uppercase();
        let named = words.find(|word| names.iter().any(|name| name == word))?;
        ["ARG", "ENV"].contains(&&*instruction).then(|| (number + 1, named.to_owned()))
    })
}

/// What gives one command a key that nothing keeps. Every Linux has that file, however little is in the image.
fn throwaway(facts: &Facts) -> String {
    match facts.django.loads {
        true => "KEYBATON_THROWAWAY=1".to_owned(),
        false => format!("{}=\"$(cat /proc/sys/kernel/random/uuid)\"", facts.home.main().name),
    }
}

/// What the build must not see: a file of our own, or lines for the one that is there.
fn ignored(made: Made, facts: &Facts) -> Made {
    let wanted: Vec<String> = IGNORED.iter().map(|line| (*line).to_owned()).chain(stores(facts)).collect();
    let Some(text) = facts.django.text(".dockerignore") else {
        return made.file(".dockerignore", "what the build does not see", wanted.join("\n") + "\n");
    };
    let missing: Vec<&String> =
        wanted.iter().filter(|line| !text.lines().any(|there| covers(there, line))).collect();
    match missing.as_slice() {
        [] => made,
        _ => missing
            .iter()
            .fold(made.step("Add to .dockerignore, so that no key gets into the build:"), Made::command),
    }
}

/// Whether a line leaves out what another one does; one for the top folder is taken for what its author means.
fn covers(there: &str, wanted: &str) -> bool {
    let bare = |line: &str| line.trim().trim_start_matches("**/").trim_matches('/').to_owned();
    let (there, wanted) = (bare(there), bare(wanted));
    there == wanted || there == ".env*" && wanted.starts_with(".env")
}

/// The files in the project itself that hold rings, in whatever environment; beside the file of `file:` there are two more.
fn stores(facts: &Facts) -> Vec<String> {
    let mut paths: Vec<String> = facts.home.all_stores.iter().filter_map(stored_here).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn stored_here(store: &StoreUrl) -> Option<String> {
    let path = store.rest().split('?').next().unwrap_or_default().trim_start_matches("./");
    let is_here = !path.starts_with('/') && !path.contains("..");
    match store.scheme() {
        // What it is called most often is left out anyway.
        "dotenv"
            if path.rsplit('/').next().is_some_and(|name| name == ".env" || name.starts_with(".env.")) =>
        {
            None
        }
        "dir" | "dotenv" if is_here => Some(path.to_owned()),
        "file" if is_here => Some(format!("{path}*")),
        _ => None,
    }
}

fn no_dockerfile(file: &str) -> Failure {
    Failure::new(Exit::Configuration, format!("there is no {file} here"))
        .hint("`--variant whole` makes one; name yours from the folder of keybaton.toml: --set file=docker/Dockerfile")
}

const WHOLE: &str = "whole";
/// With spaces in it, so that nobody can say it.
const OF_PROJECT: &str = "as the project has it";
const SCRIPT: &str = "deploy/docker/look.py";
const IGNORED: [&str; 5] = [".git", "**/.env", "**/.env.*", "**/.keybaton-*.tmp", "secrets"];
