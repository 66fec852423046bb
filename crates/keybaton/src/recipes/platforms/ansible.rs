//! Hosts that Ansible runs: the ring has one home, and a playbook brings it to each of them.

use keybaton_core::shell::posix;
use minijinja::context;
use minijinja::value::Value;

use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::table::{self, Wanted};
use crate::recipes::template::fill;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Ring, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "ansible",
    summary: "a playbook that brings the keys to many hosts, one after another, and shows none",
    variants: &[
        Variant { name: "folder", summary: "a folder of each host, which processes follow" },
        Variant { name: CREDENTIALS, summary: "systemd's encrypted credentials of each host" },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "hosts", what: "the group of hosts in the inventory", usual: "NAME", kind: Kind::Word },
    Ask { name: "inventory", what: "the inventory", usual: "deploy/ansible/inventory.ini", kind: Kind::Word },
    Ask { name: "service", what: "the unit that serves, on each host", usual: "NAME", kind: Kind::Word },
    Ask { name: "user", what: "as whom it runs", usual: "NAME", kind: Kind::Word },
    Ask { name: "venv", what: "the virtual environment there", usual: "/srv/NAME/.venv", kind: Kind::Path },
    Ask {
        name: "folder",
        what: "where the keys lie on each host",
        usual: "/etc/keybaton-NAME",
        kind: Kind::Path,
    },
    Ask {
        name: "home",
        what: "where they lie on the machine that runs Ansible; not the same, for it may be a host itself",
        usual: "/var/lib/keybaton/NAME",
        kind: Kind::Path,
    },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

/// The ring's home is the machine that runs the playbooks; what it writes is brought to the hosts before a step counts as done.
fn proposal(_: &Django, _: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let Wanted { propagation, after_write, more, .. } = wanted(answers);
    Ok(Proposal { store: format!("dir:{}", answers.get("home")), propagation, after_write, more })
}

fn wanted(answers: &Answers) -> Wanted {
    let bring = ["ansible-playbook", "--inventory", answers.get("inventory"), PLAYBOOK].map(str::to_owned);
    Wanted {
        propagation: Some("5m"),
        after_write: vec![bring.to_vec()],
        more: vec!["after-write-timeout = \"1h\"".to_owned()],
        others: Vec::new(),
    }
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let said = |name| facts.answers.get(name);
    let environment = facts.home.environment.as_str();
    let rings = facts.home.for_each_ring();
    let playbook = fill(include_str!("ansible/keybaton.yml"), gaps(facts));
    let made = Made::default().file(PLAYBOOK, "brings the keys to the hosts", playbook);
    let made = table::needs(made, &facts.home, &wanted(&facts.answers)).step(format!(
        "Name the hosts in {}, as the group {}.",
        said("inventory"),
        said("hosts")
    ));
    let made = folders(made, facts)
        .step("On the machine that runs the playbooks, once, a key of its own for each ring:")
        .commands(rings.iter().map(|ring| format!("keybaton init {ring} --no-input")))
        .step("Or where the site runs already, and has its key in .env, that one goes on signing:")
        .commands(rings.iter().zip(&facts.home.rings).map(|(words, ring)| format!("keybaton copy {words} dotenv:.env {}", posix(&ring.store.to_string()))))
        .step("Bring it to the hosts; each is restarted before the next one is touched:")
        .command(format!("ansible-playbook --inventory {} {PLAYBOOK}", said("inventory")))
        .step("Keep a second copy, which is encrypted before it is on any disk:")
        .command(format!(
            "keybaton export -e {environment} --format json | ansible-vault encrypt --output deploy/ansible/ring.vault -"
        ))
        .step("Once a day, by the cron of whoever runs the playbooks, in this folder, with a PATH that has keybaton and ansible-playbook: it takes the next safe step of a rotation and brings it to the hosts:")
        .commands(rings.iter().map(|ring| format!("keybaton rotate {ring} --if-older-than {} --no-input", said("age"))));
    Ok(made)
}

/// Whoever runs the playbooks is not root there: nobody else has to read the keys, and a folder of root's nobody could.
fn folders(made: Made, facts: &Facts) -> Made {
    let folders = facts.home.folders();
    if folders.is_empty() {
        return made;
    }
    made.step("On the machine that runs the playbooks, a folder for the user alone who runs them; all that follows is that user's, without sudo:")
        .commands(folders.iter().map(|folder| format!("sudo install -d -m 0700 -o \"$USER\" {}", posix(folder))))
}

fn gaps(facts: &Facts) -> Value {
    let said = |name| facts.answers.get(name);
    let is_sealed = facts.variant == CREDENTIALS;
    let rings: Vec<String> = facts.home.rings.iter().map(|ring| ring.name.to_string()).collect();
    let texts: Vec<String> = facts.home.rings.iter().flat_map(texts).collect();
    context! {
        name => facts.django.name.as_str(), environment => facts.home.environment.as_str(), rings, texts, is_sealed,
        hosts => said("hosts"), service => said("service"), user => said("user"), venv => said("venv"), folder => said("folder"),
        // Where processes take a new ring over in place, only a new drop-in needs a restart.
        follows => facts.django.reports && !is_sealed,
        store => if is_sealed { SEALED.to_owned() } else { format!("dir:{}", said("folder")) },
    }
}

fn texts(ring: &Ring) -> [String; 3] {
    [ring.name.as_str().to_owned(), ring.name.fallbacks(), ring.name.record()]
}

const PLAYBOOK: &str = "deploy/ansible/keybaton.yml";
const CREDENTIALS: &str = "credentials";
const SEALED: &str = "systemd:/etc/credstore.encrypted";
