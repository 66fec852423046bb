//! Units for a machine that systemd runs.

use minijinja::context;

use super::answers::Kind;
use super::servers::Listen;
use super::template::fill;
use super::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Ring, Variant};
use crate::failure::Failure;

pub(super) const RECIPE: Recipe = Recipe {
    target: "systemd",
    summary: "a service that gets the key as credentials, its socket, and a timer that rotates",
    variants: &[Variant {
        name: "credentials",
        summary: "systemd's credentials: no other user of the machine reads them",
    }],
    asks: ASKS,
    proposal,
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
];

fn proposal(django: &Django, _: &str, _: &Answers) -> Result<Proposal, Failure> {
    let restart = ["systemctl", "restart", &format!("{}.service", django.name)].map(str::to_owned);
    Ok(Proposal {
        store: "systemd:/etc/credstore.encrypted".to_owned(),
        propagation: Some("2m"),
        after_write: vec![restart.to_vec()],
        more: Vec::new(),
    })
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let name = &facts.django.name;
    let said = |name| facts.answers.get(name);
    let credentials: Vec<String> = facts.home.rings.iter().flat_map(credentials).collect();
    let command = facts.django.server.command(Listen::Descriptor, &facts.django.application());
    let command = format!("{}/bin/{}", said("venv"), command.join(" "));
    let gaps = context! {
        name => name, user => said("user"), folder => said("folder"), listen => said("listen"), age => said("age"),
        settings => facts.django.settings.as_str(), environment => facts.home.environment.as_str(), command, credentials,
        notifies => facts.django.server.notifies, keybaton => format!("{}/bin/keybaton", said("venv")),
    };
    let unit = |end: &str| format!("deploy/systemd/{name}{end}");
    Ok(Made::default()
        .file(unit(".service"), "the site", fill(include_str!("systemd/web.service"), gaps.clone()))
        .file(unit(".socket"), "its socket", fill(include_str!("systemd/web.socket"), gaps.clone()))
        .file(
            unit("-rotate.service"),
            "one step of a rotation",
            fill(include_str!("systemd/rotate.service"), gaps.clone()),
        )
        .file(unit("-rotate.timer"), "when it is taken", fill(include_str!("systemd/rotate.timer"), gaps))
        .step("On the server, as root, bring the ring there once; the store is of this machine alone, so keep a second copy:")
        .command(format!("keybaton copy dotenv:.env {} -e {}", facts.home.main().store, facts.home.environment))
        .step("Then start the site:")
        .command(format!("cp {}/deploy/systemd/{name}* /etc/systemd/system/", said("folder")))
        .command(format!("systemctl enable --now {name}.socket {name}-rotate.timer")))
}

/// The three texts of a ring, by the names that its store gives them.
fn credentials(ring: &Ring) -> Vec<String> {
    let names = [ring.name.as_str().to_owned(), ring.name.fallbacks(), ring.name.record()];
    names.map(|name| format!("LoadCredentialEncrypted={name}")).to_vec()
}
