//! Manifests for a cluster: the ring as a folder in the pods, and a job that rotates it.

mod account;
mod block;
mod borrowed;
mod container;
mod files;
mod first;
mod follow;
mod manifests;
mod plan;
mod pods;
mod probe;
mod remote;
mod site;
mod source;
mod steps;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::table::Wanted;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Variant};
use plan::Plan;
use site::Site;
use source::Source;

pub(super) const RECIPE: Recipe = Recipe {
    target: "kubernetes",
    summary: "a component that mounts the ring as a folder, and a job that rotates",
    variants: &[
        Variant { name: SECRET, summary: "the ring lives in a Kubernetes Secret" },
        Variant { name: EXTERNAL, summary: "External Secrets brings it from a cloud's store" },
        Variant { name: CSI, summary: "the Secrets Store CSI driver mounts it from a cloud's store" },
        Variant { name: WORKLOAD, summary: "the pods read the store themselves" },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask {
        name: "manifests",
        what: "where they lie: a folder or a file, from that of keybaton.toml",
        usual: "below it, else in its repository",
        kind: Kind::Word,
    },
    Ask {
        name: "deployment",
        what: "what runs the site; several with commas between them",
        usual: OF_MANIFEST,
        kind: Kind::Word,
    },
    Ask { name: "container", what: "its container", usual: OF_MANIFEST, kind: Kind::Label },
    Ask { name: "namespace", what: "its namespace", usual: OF_MANIFEST, kind: Kind::Label },
    Ask {
        name: "image",
        what: "what the job runs: it has keybaton and the project",
        usual: OF_MANIFEST,
        kind: Kind::Word,
    },
    Ask {
        name: "secret",
        what: "the Secret that pods mount, if not the one that has their key already",
        usual: "NAME",
        kind: Kind::Label,
    },
    Ask { name: "ready", what: "the path of the app's readiness view", usual: OF_PROJECT, kind: Kind::Path },
    Ask { name: "host", what: "a host that ALLOWED_HOSTS lets in", usual: OF_PROJECT, kind: Kind::Word },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
    Ask {
        name: "secret-store",
        what: "the SecretStore of External Secrets",
        usual: "NAME",
        kind: Kind::Label,
    },
    Ask {
        name: "identity",
        what: "the role, account or client of the cloud as which the job writes",
        usual: OF_PROJECT,
        kind: Kind::Word,
    },
    Ask {
        name: "reader",
        what: "the same as which pods read, that read the store themselves",
        usual: OF_PROJECT,
        kind: Kind::Word,
    },
    Ask { name: "tenant", what: "the tenant of an Azure key vault", usual: OF_PROJECT, kind: Kind::Word },
    Ask {
        name: "server",
        what: "where Vault is, for the job and the driver",
        usual: "https://vault.vault:8200",
        kind: Kind::Word,
    },
];

fn proposal(
    django: &Django,
    variant: &'static str,
    answers: &Answers,
    table: &str,
) -> Result<Proposal, Failure> {
    if [EXTERNAL, CSI].contains(&variant) {
        return Err(no_store(variant, table));
    }
    let site = Site::of(django, answers)?;
    let namespace = site.namespace.as_deref().ok_or_else(no_namespace)?;
    let Wanted { propagation, after_write, more, .. } = follow::wanted(django, variant);
    let secret = match answers.said("secret") {
        Some(said) => said.to_owned(),
        None => Source::of(&site, &django.name, None)?
            .filter(Source::may_hold_the_ring)
            .map_or_else(|| answers.get("secret").to_owned(), |source| source.secret),
    };
    let store = format!("k8s://{namespace}/{secret}");
    Ok(Proposal { store, propagation, after_write, more })
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    let site = Site::of(&facts.django, &facts.answers)?;
    let plan = Plan::of(facts, site)?;
    Ok(steps::told(&plan, files::made(&plan)?))
}

/// What Kubernetes lets one call an object: a name in DNS.
fn is_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(crate::recipes::answers::is_label)
}

fn no_namespace() -> Failure {
    Failure::new(Exit::Configuration, "no manifest of the project says its namespace, or they say several")
        .hint("say it: --set namespace=shop")
}

fn no_store(variant: &str, table: &str) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("with {variant} the ring lives outside of the cluster, and there is no {table} that says where"),
    )
    .hint("write it first, with store = \"awssm://…\" for instance; `keybaton stores` lists what can stand there")
}

/// Where the files are made.
const FOLDER: &str = "deploy/kubernetes/keybaton";
const SECRET: &str = "secret";
const EXTERNAL: &str = "external-secrets";
const CSI: &str = "csi";
const WORKLOAD: &str = "workload";
/// With spaces in it, so that nobody can say it.
const OF_MANIFEST: &str = "as the manifest says";
const OF_PROJECT: &str = "as the project says";
