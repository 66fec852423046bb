//! Why `keybaton init` stops before it writes anything.

use std::path::{MAIN_SEPARATOR, Path};

use keybaton_audit::project::{Holder, Line, ProjectError};
use keybaton_core::shell::{both, quoted};
use keybaton_core::{Ring, RingName};

use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;

/// There is no project to work on, whether a key is to be made or taken in.
pub(crate) fn no_project(error: ProjectError, adopts: bool) -> Failure {
    let init = if adopts { "keybaton init --adopt" } else { "keybaton init" };
    let hint = match &error {
        ProjectError::NotFound { .. } => format!(
            "run `{init}` in the folder of manage.py, or make a project first: django-admin startproject NAME ."
        ),
        ProjectError::Several { .. } => format!("run `{init}` in the folder of the one that is meant"),
        ProjectError::NoSettings { .. } => {
            "name them there: os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"NAME.settings\")".to_owned()
        }
        ProjectError::NoFile { .. } => "name one that is there".to_owned(),
        ProjectError::Undecodable(_) => {
            "save it as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-".to_owned()
        }
        ProjectError::Unreadable(error) => error.hint().unwrap_or("let yourself read it").to_owned(),
    };
    Failure::new(Exit::Configuration, told(&error)).hint(hint)
}

/// The error's sentence, with paths as the user would type them.
fn told(error: &ProjectError) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    error.to_string().replace(&format!("{}{MAIN_SEPARATOR}", here.display()), "")
}

/// The key would go into a file that git tracks.
pub(crate) fn would_leak(file: &Path, then: &str) -> Failure {
    let sentence =
        format!("git tracks {}, so a key written into it would get into the repository", shown(file));
    Failure::new(Exit::Refused, sentence).hint(format!("{}, then {then}", untrack(file)))
}

/// What keeps a file out of git from now on.
pub(crate) fn untrack(file: &Path) -> String {
    let file = shown(file);
    let message = format!("Stop tracking {file}");
    both(&format!("git rm --cached {}", quoted(&file)), &format!("git commit -m {}", quoted(&message)))
}

/// The store's key would replace one that stood in source control, and stands there itself.
pub(crate) fn leaked_successor(file: &Path, ring: &RingName) -> Failure {
    let name = shown(file);
    let sentence = format!("git tracks {name}, so its {ring} cannot follow the key in the settings");
    Failure::new(Exit::Refused, sentence).hint(format!(
        "whoever has the repository has both: {}, take {ring} out of {name}, and run `keybaton init` again",
        untrack(file)
    ))
}

/// The ring that is there lacks a key of the settings.
pub(crate) fn foreign(opened: &Opened) -> Failure {
    let sentence = format!("{} lacks a key that stands in the settings and is in use today", opened.name());
    Failure::new(Exit::Refused, sentence)
        .hint("reading the ring instead would log its users out; if that is well, put keybaton.load() into the settings yourself")
}

/// No record has room for so many keys.
pub(crate) fn too_many(opened: &Opened, keys: usize) -> Failure {
    let sentence = format!(
        "{} would have {keys} keys, and a ring has at most {}",
        opened.name(),
        keybaton_core::MOST_KEYS
    );
    Failure::new(Exit::Refused, sentence)
        .hint("take the oldest fallbacks out: what only they signed is refused then")
}

/// The key that signs cannot be told from the sources.
pub(crate) fn elsewhere(line: &Line, ring: &RingName) -> Failure {
    let sentence = format!("{}: the key comes from where keybaton cannot see it", at(line));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "with another key everybody would be logged out: put this one into .env as {ring}=…, or take the line out to begin with a fresh key; then run `keybaton init` again"
    ))
}

/// The key that signs is made of the variable, and is not what the variable holds.
pub(crate) fn derived(line: &Line, ring: &RingName) -> Failure {
    let sentence = format!("{}: the key is made of {ring} in a way that keybaton cannot follow", at(line));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "with another key everybody would be logged out: put the key that comes out into .env as {ring}=…, and wherever else {ring} is set, write SECRET_KEY = os.environ[\"{ring}\"] here, and run `keybaton init` again"
    ))
}

/// Keys that are accepted cannot be told from the sources.
pub(crate) fn fallbacks_elsewhere(line: &Line) -> Failure {
    let sentence = format!("{}: the fallbacks come from where keybaton cannot see them", at(line));
    Failure::new(Exit::Refused, sentence).hint(
        "without them users would be logged out: write them here one by one, [\"…\", \"…\"], or take the line out where there are none; then run `keybaton init` again",
    )
}

/// Several places hold different keys, and only running the settings says which they read.
pub(crate) fn contradicting(names: &[String], ring: &RingName) -> Failure {
    let sentence = format!("{ring} is not the same in {}", names.join(" and "));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "with the wrong one everybody would be logged out: take {ring} out of those that the settings do not read, and run `keybaton init` again"
    ))
}

/// The key stands in a file that only python-decouple reads.
pub(crate) fn in_ini(holder: &Holder, ring: &RingName) -> Failure {
    let sentence =
        format!("the settings have their key from {}, which can hold no ring", shown(&holder.path));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "move the line {ring}=… into a file .env beside manage.py, and run `keybaton init` again"
    ))
}

/// A file of variables is read of which nobody can tell the name, or what is in it.
pub(crate) fn unnamed(line: &Line, ring: &RingName) -> Failure {
    let sentence =
        format!("{}: the variables come from a file whose name or content keybaton cannot see", at(line));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "if it holds {ring}, everybody would be logged out: write its name out there, let it be read, and run `keybaton init` again, or put the key that signs into .env beside manage.py as {ring}=… and run `keybaton init --adopt`"
    ))
}

/// Which of several keys signs is known only when the settings are run.
pub(crate) fn several(lines: &[Line]) -> Failure {
    let places: Vec<String> = lines.iter().map(at).collect();
    let sentence = format!("which key signs depends on more than keybaton can see: {}", places.join("; "));
    Failure::new(Exit::Refused, sentence).hint(
        "with another key everybody would be logged out: leave the one assignment that holds here, and run `keybaton init` again",
    )
}

fn at(line: &Line) -> String {
    format!("{}, line {}", shown(&line.file), line.line)
}

/// Settings that split at commas could not read a key.
pub(crate) fn awkward(opened: &Opened) -> Failure {
    let sentence = format!(
        "a key of {} has a comma in it or begins with `[`, which --plain settings cannot read as a fallback",
        opened.name()
    );
    Failure::new(Exit::Refused, sentence).hint("leave --plain out: keybaton.load() reads any key")
}

/// There is no ring whose keys could be begun with.
pub(crate) fn no_origin(opened: &Opened, name: &RingName, others: &[(RingName, Ring)]) -> Failure {
    let known: Vec<&str> = others.iter().map(|(name, _)| name.as_str()).collect();
    let sentence =
        format!("{} cannot begin with the keys of {name}: there is no such ring beside it", opened.name());
    let hint = match known.is_empty() {
        true => "make the main ring first: `keybaton init`".to_owned(),
        false => format!("the rings beside it are {}", known.join(", ")),
    };
    Failure::new(Exit::Refused, sentence).hint(hint)
}

/// It is there, and began with other keys: what the other ring signed would be refused.
pub(crate) fn begun_otherwise(opened: &Opened, name: &RingName) -> Failure {
    let sentence = format!("{} is a ring already, and did not begin with the keys of {name}", opened.name());
    Failure::new(Exit::Refused, sentence)
        .hint("leave --from out; what is still signed with the other ring is refused where the settings name this one")
}

/// It is left over from a run that was cut short, and the other ring signs with another key since.
pub(crate) fn left_behind(opened: &Opened, name: &RingName) -> Failure {
    let sentence = format!(
        "{} began with the keys of {name} earlier, which signs with another one now: who has the new settings would refuse that",
        opened.name()
    );
    let ring = &opened.place.ring;
    Failure::new(Exit::Refused, sentence).hint(format!(
        "nobody uses it yet, as the configuration does not name it: take {ring} and what belongs to it out of its store, and run \
         this again"
    ))
}

/// The other ring is about to sign with a key that this one would not have.
pub(crate) fn under_way(opened: &Opened, name: &RingName) -> Failure {
    let sentence = format!(
        "{name} is about to sign with its next key, which {} would not accept where the settings come too late for that",
        opened.name()
    );
    let wishes = opened.place.wishes.of(name);
    let (promote, abort) = (wishes.again("rotate --continue"), wishes.again("abort"));
    Failure::new(Exit::Refused, sentence)
        .hint(format!("let it sign first, `{promote}`, or drop it, `{abort}`; then run this again"))
}

/// A variable has its name already.
pub(crate) fn set_elsewhere(opened: &Opened) -> Failure {
    let ring = &opened.place.ring;
    let sentence =
        format!("{}: the environment has a variable {ring} already, with another value", opened.name());
    Failure::new(Exit::Refused, sentence).hint(format!(
        "where that is a key, put it into the store as {ring}, and this command takes it in; else name the ring otherwise, or \
         take the variable out"
    ))
}

/// What stands there is the other ring itself.
pub(crate) fn another_ring(opened: &Opened, other: &RingName) -> Failure {
    let sentence =
        format!("{} is the ring {other}: a step of the one would be a step of both", opened.name());
    Failure::new(Exit::Refused, sentence).hint("name another store with --store, such as --store dir:secrets")
}

/// A key stands there that the other ring does not have.
pub(crate) fn not_the_origins(opened: &Opened, name: &RingName) -> Failure {
    let sentence = format!("{} holds a key already, and it is none of {name}", opened.name());
    Failure::new(Exit::Refused, sentence).hint(
        "leave --from out to take that key in, or take it out there to begin with the other ring's keys",
    )
}

/// The same key would protect two things that have nothing to do with each other.
pub(crate) fn in_another_ring(opened: &Opened, other: &RingName) -> Failure {
    let sentence = format!("{} holds a key of {other}: a leak of one would open both", opened.name());
    let from = opened.again(&format!("init --from {other}"));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "`{from}` begins so where a use is leaving {other}, and the next rotation parts them; else take the key out there"
    ))
}

/// There is no main ring yet, or no other one was named.
pub(crate) fn nothing_from() -> Failure {
    Failure::new(Exit::Usage, "--from is for a ring besides the main one, in a project that has a keybaton.toml")
        .hint("make the main ring first: `keybaton init`; then `keybaton init --ring COOKIE_SIGNING_KEY --from SECRET_KEY`")
}
