//! Units for a machine that systemd runs.

mod steps;
mod unit;
mod way;

use minijinja::context;
use minijinja::value::Value;

use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::servers::Listen;
use crate::recipes::table::{self, Wanted};
use crate::recipes::template::{self, fill};
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Variant};
use unit::Unit;
use way::Way;

pub(super) const RECIPE: Recipe = Recipe {
    target: "systemd",
    summary: "a service that gets the key as credentials, its socket, and a timer that rotates",
    variants: &[
        Variant {
            name: "credentials",
            summary: "systemd's credentials: no other user of the machine reads them",
        },
        Variant { name: "watch", summary: "keybaton run --watch: follows the store without a restart" },
        Variant { name: "run", summary: "keybaton run: reads the store at each start" },
        Variant { name: "environment-file", summary: "EnvironmentFile= in memory, which root alone reads" },
        Variant {
            name: way::PLAIN,
            summary: "Environment=, which every user of the machine reads; written by hand",
        },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask {
        name: "folder",
        what: "where the project lies on the server",
        usual: "/srv/NAME",
        kind: Kind::Path,
    },
    Ask { name: "venv", what: "its virtual environment there", usual: "/srv/NAME/.venv", kind: Kind::Path },
    Ask { name: "user", what: "the user whose processes serve", usual: "NAME", kind: Kind::Label },
    Ask { name: "listen", what: "where the socket listens", usual: "127.0.0.1:8000", kind: Kind::Word },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
    Ask {
        name: "unit",
        what: "a service that is there and gets a drop-in, or new",
        usual: unit::AUTO,
        kind: Kind::Word,
    },
];

fn proposal(django: &Django, variant: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let Wanted { propagation, after_write, more, .. } =
        wanted(django, variant, answers, &Unit::of(django, answers)?);
    Ok(Proposal { store: way::usual_store(variant, &django.name), propagation, after_write, more })
}

fn wanted(django: &Django, variant: &str, answers: &Answers, unit: &Unit) -> Wanted {
    let restarts = |variant| steps::restarts(variant, &django.name, unit.service(&django.name));
    Wanted {
        // Nothing reaches what a person writes.
        propagation: (variant != way::PLAIN).then_some("2m"),
        after_write: restarts(variant),
        more: django.reports.then(|| steps::manage(django, answers)).into_iter().collect(),
        others: restarts("environment-file"),
    }
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let way = Way::of(facts)?;
    let unit = Unit::of(&facts.django, &facts.answers)?;
    unit.must_fit(&way, facts)?;
    let gaps = gaps(facts, &way, &unit);
    let wanted = wanted(&facts.django, facts.variant, &facts.answers, &unit);
    let made = table::needs(site(facts, &way, &unit, &gaps), &facts.home, &wanted);
    let made = steps::steps(made, facts, &way, &unit);
    Ok(rotator(made, facts, &way, &gaps))
}

/// The service and its socket, or the drop-in for a service that is there.
fn site(facts: &Facts, way: &Way, unit: &Unit, gaps: &Value) -> Made {
    let name = &facts.django.name;
    let file = |end: &str| format!("deploy/systemd/{name}{end}");
    let mut made = Made::default();
    made = match unit {
        Unit::Theirs(_) if *way == Way::Plain => made,
        Unit::Theirs(theirs) => made.file(
            format!("deploy/systemd/{theirs}.service.d/keybaton.conf"),
            "where the service gets the key",
            filled(include_str!("systemd/keybaton.conf"), gaps),
        ),
        Unit::New => {
            made.file(file(".service"), "the site", filled(include_str!("systemd/web.service"), gaps))
        }
    };
    if *unit == Unit::New && way.has_socket() {
        made = made.file(file(".socket"), "its socket", filled(include_str!("systemd/web.socket"), gaps));
    }
    if *way == Way::File {
        let text = filled(include_str!("systemd/key.service"), gaps);
        made = made.file(file("-key.service"), "the key, in a file in memory", text);
    }
    made
}

fn rotator(made: Made, facts: &Facts, way: &Way, gaps: &Value) -> Made {
    if *way == Way::Plain {
        return made;
    }
    let file = |end: &str| format!("deploy/systemd/{}-rotate{end}", facts.django.name);
    made.file(
        file(".service"),
        "one step of a rotation",
        filled(include_str!("systemd/rotate.service"), gaps),
    )
    .file(file(".timer"), "when it is taken", filled(include_str!("systemd/rotate.timer"), gaps))
}

fn filled(template: &str, gaps: &Value) -> String {
    fill(template, gaps.clone())
}

fn gaps(facts: &Facts, way: &Way, unit: &Unit) -> Value {
    let django = &facts.django;
    let said = |name| facts.answers.get(name);
    let (folder, venv) = (said("folder"), said("venv"));
    let site = django.folder.to_str().filter(|folder| !folder.is_empty());
    let is_at_home =
        [folder, venv].iter().any(|path| HOMES.iter().any(|home| path.starts_with(&format!("/{home}/"))));
    let notifies = django.server.notifies;
    context! {
        mark => unit::MARK, name => django.name.as_str(), service => unit.service(&django.name), user => said("user"), folder,
        site => site.map_or_else(|| folder.to_owned(), |site| format!("{folder}/{site}")),
        listen => said("listen"), age => said("age"), settings => django.settings.as_str(), apart => django.settings_unlike_managed(),
        environment => facts.home.environment.as_str(), keybaton => format!("{venv}/bin/keybaton"),
        way => way.name(), credentials => way.credentials().to_vec(), socket => way.has_socket(), command => command(facts, way),
        rings => facts.home.rings.iter().map(|ring| ring.name.to_string()).collect::<Vec<_>>(),
        type => if notifies { "notify" } else { "exec" },
        far => facts.home.rings.iter().any(|ring| !ring.store.kind().local), protects_home => !is_at_home,
    }
}

/// What starts the site.
fn command(facts: &Facts, way: &Way) -> String {
    let said = |name| facts.answers.get(name);
    let listen = if way.has_socket() { Listen::Descriptor } else { Listen::Address(said("listen")) };
    let mut server = facts.django.server.command(listen, &facts.django.application());
    server[0] = format!("{}/bin/{}", said("venv"), server[0]);
    let before = match way {
        Way::Watch => vec!["run", "--watch", "-e", &facts.home.environment, "--"],
        Way::Run => vec!["run", "-e", &facts.home.environment, "--"],
        _ => Vec::new(),
    };
    let keybaton = (!before.is_empty()).then(|| format!("{}/bin/keybaton", said("venv")));
    let words = keybaton.into_iter().chain(before.into_iter().map(str::to_owned)).chain(server);
    words.map(|word| template::unit(&word)).collect::<Vec<_>>().join(" ")
}

/// What `ProtectHome=` hides.
const HOMES: [&str; 3] = ["home", "root", "run/user"];
