//! What a person does on the server.

use keybaton_core::shell::posix;

use super::unit::Unit;
use super::way::{PLAIN, Way};
use crate::recipes::table::list;
use crate::recipes::{Answers, Django, Facts, Made, Ring};

/// In order: the user, the ring, the units.
pub(super) fn steps(made: Made, facts: &Facts, way: &Way, unit: &Unit) -> Made {
    let made = ring(user(made, facts, unit), facts, way);
    let made = if *way == Way::Plain { plain(made, facts, unit) } else { made };
    units(made, facts, way, unit)
}

fn user(made: Made, facts: &Facts, unit: &Unit) -> Made {
    if *unit != Unit::New {
        return made;
    }
    let said = |name| facts.answers.get(name);
    let (user, folder, venv) = (said("user"), said("folder"), said("venv"));
    made.step(format!("On the server, as root. The site has a user of its own, and neither {folder} nor {venv} is that user's: what keybaton.toml says is run as root, and so is the keybaton there."))
        .command(format!("id {user} || useradd --system --home-dir {folder} --no-create-home --shell /usr/sbin/nologin {user}"))
}

/// A store of this machine gets its ring here.
fn ring(made: Made, facts: &Facts, way: &Way) -> Made {
    let here: Vec<_> = facts.home.rings.iter().filter(|ring| ring.store.kind().local).collect();
    if here.is_empty() {
        return made;
    }
    let made = match way {
        Way::Run | Way::Watch => handed(keys(folders(made, facts), facts, &here), facts, &here),
        _ => keys(made, facts, &here),
    };
    made.step("The store is of this machine alone, so keep a second copy.")
}

/// What root made would be shut for the user of the site, the folders above too.
fn folders(made: Made, facts: &Facts) -> Made {
    let folders = facts.home.folders();
    if folders.is_empty() {
        return made;
    }
    let user = facts.answers.get("user");
    made.step("A folder for the site's user alone:")
        .commands(folders.iter().map(|folder| format!("install -d -m 0700 -o {user} {}", posix(folder))))
}

/// New ones, or that of a site that runs.
fn keys(made: Made, facts: &Facts, rings: &[&Ring]) -> Made {
    let said = |name| facts.answers.get(name);
    let keybaton = |verb: &str, ring: &Ring| {
        let (folder, venv, environment) = (said("folder"), said("venv"), &facts.home.environment);
        format!("cd {folder} && {venv}/bin/keybaton {verb} -e {environment} --ring {}", ring.name.as_str())
    };
    let made = made
        .step("A key of its own for each ring:")
        .commands(rings.iter().map(|ring| format!("{} --no-input", keybaton("init", ring))));
    let mut moved = rings.iter().filter(|ring| ring.store.scheme() != "dotenv").peekable();
    if moved.peek().is_none() {
        return made;
    }
    let copy =
        |ring: &&Ring| format!("{} dotenv:.env {}", keybaton("copy", ring), posix(&ring.store.to_string()));
    made.step("Or where the site runs already, and has its key in .env, that one goes on signing:")
        .commands(moved.map(copy))
}

fn handed(made: Made, facts: &Facts, rings: &[&Ring]) -> Made {
    made.step("It is the site's user who reads it, and root who writes it, which keeps its owner:")
        .commands(rings.iter().map(|ring| given(ring, facts)))
}

/// Hands the files of a ring to the user of the site.
fn given(ring: &Ring, facts: &Facts) -> String {
    let place = ring.store.rest().split('?').next().unwrap_or_default();
    let ends: &[&str] = if ring.store.scheme() == "file" { &["", ".fallbacks", ".ring"] } else { &[""] };
    let files: Vec<String> = ends.iter().map(|end| posix(&format!("{place}{end}"))).collect();
    format!(
        "cd {} && chown -R {} {}",
        facts.answers.get("folder"),
        facts.answers.get("user"),
        files.join(" ")
    )
}

/// Nothing that a drop-in in the repository could hold.
fn plain(made: Made, facts: &Facts, unit: &Unit) -> Made {
    let said = |name| facts.answers.get(name);
    let (folder, keybaton) = (said("folder"), format!("{}/bin/keybaton", said("venv")));
    let drop_in = format!("/etc/systemd/system/{}.service.d", unit.service(&facts.django.name));
    made.step("Write the key into a drop-in. Whatever its mode is, every user of the machine can read it by `systemctl show`; the other variants do not have that. After each step of a rotation, do it again, then `systemctl daemon-reload`, and restart the site:")
        .command(format!("mkdir -p {drop_in}"))
        .command(format!(
            "cd {folder} && {{ echo '[Service]'; {keybaton} export -e {} --format systemd | sed 's/\\\\\\([$`]\\)/\\1/g; s/%/%%/g; s/^/Environment=/'; }} > {drop_in}/key.conf",
            facts.home.environment
        ))
}

fn units(made: Made, facts: &Facts, way: &Way, unit: &Unit) -> Made {
    let name = &facts.django.name;
    let folder = facts.answers.get("folder");
    let made = made
        .step("Then start it:")
        .command(format!("cp -r {folder}/deploy/systemd/* /etc/systemd/system/"))
        .command("systemctl daemon-reload");
    let timer = if *way == Way::Plain { String::new() } else { format!(" {name}-rotate.timer") };
    let socket = if way.has_socket() { format!(" {name}.socket") } else { String::new() };
    match unit {
        Unit::New => {
            finishing(made.command(format!("systemctl enable --now{socket} {name}.service{timer}")), facts)
        }
        Unit::Theirs(theirs) => {
            let made = made.command(format!("systemctl restart {theirs}.service"));
            let made =
                if timer.is_empty() { made } else { made.command(format!("systemctl enable --now{timer}")) };
            made.step(format!("Take the key out of what {theirs}.service reads so far. Without a socket of systemd (docs/platforms/systemd.md), a restart refuses requests for a moment."))
        }
    }
}

fn finishing(made: Made, facts: &Facts) -> Made {
    let server = facts.django.server;
    if server.finishes {
        return made;
    }
    made.step(format!(
        "{} breaks off the requests that are under way when it stops, so each restart costs some.",
        server.name
    ))
}

/// What follows a write: what is read at the start of a service is read anew. One that stands in front of another is restarted
/// before it, and where it fails, the other one goes on.
pub(super) fn restarts(variant: &str, name: &str, service: &str) -> Vec<Vec<String>> {
    let units = match variant {
        "watch" | PLAIN => Vec::new(),
        "environment-file" => vec![format!("{name}-key"), service.to_owned()],
        _ => vec![service.to_owned()],
    };
    let restart =
        |unit: String| vec!["systemctl".to_owned(), "restart".to_owned(), format!("{unit}.service")];
    units.into_iter().map(restart).collect()
}

/// The project is asked as the site's user, who cannot read the store: root's keybaton gives the ring along.
pub(super) fn manage(django: &Django, answers: &Answers) -> String {
    let venv = answers.get("venv");
    let (keybaton, python) = (format!("{venv}/bin/keybaton"), format!("{venv}/bin/python"));
    let script = django.folder.join("manage.py").display().to_string();
    let words =
        [&keybaton, "run", "--only-ring", "--", "runuser", "-u", answers.get("user"), "--", &python, &script];
    format!("manage = {}", list(&words.map(str::to_owned)))
}
