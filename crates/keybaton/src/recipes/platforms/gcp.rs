//! Service accounts, a service of Cloud Run and a job that rotates, for Google Cloud.

use minijinja::{Value, context};

use super::cloud::{self, Place, must_be_in};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::servers::Listen;
use crate::recipes::template::fill;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Ring, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "gcp",
    summary: "service accounts with the least rights, Cloud Run or GKE, and a job that rotates",
    variants: &[
        Variant { name: "run", summary: "a service of Cloud Run that reads the store itself" },
        Variant {
            name: "env",
            summary: "one whose variables Cloud Run sets: instances see a change when they start",
        },
        Variant { name: "gke", summary: "the identities alone, for a cluster with workload identity" },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "project", what: "the id of your project", usual: "", kind: Kind::Label },
    Ask { name: "region", what: "where the service runs", usual: "europe-west1", kind: Kind::Label },
    Ask {
        name: "image",
        what: "the image of the site; else web in the repository NAME of Artifact Registry",
        usual: "",
        kind: Kind::Word,
    },
    Ask { name: "service", what: "the service of Cloud Run", usual: "NAME", kind: Kind::Label },
    Ask { name: "namespace", what: "the namespace in the cluster", usual: "NAME", kind: Kind::Label },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

fn proposal(django: &Django, variant: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let project = answers.needed("project", "`gcloud config get-value project` prints it")?;
    let layout = if variant == "env" { "?layout=separate" } else { "" };
    Ok(Proposal {
        store: format!("gcsm://{}/{}-django{layout}", project, django.name),
        propagation: Some(if follows(django, variant) { "5m" } else { "20m" }),
        after_write: restart(django, variant),
        more: vec![],
    })
}

/// What restarts the site; nothing where its processes take over what changes, or the cluster's own recipe says it.
fn restart(django: &Django, variant: &str) -> Vec<Vec<String>> {
    if variant == "gke" || follows(django, variant) {
        return vec![];
    }
    vec![["python3", "deploy/gcp/renew.py"].map(str::to_owned).to_vec()]
}

/// Whether processes take over what changes, so that nothing is to be restarted.
fn follows(django: &Django, variant: &str) -> bool {
    variant == "run" && django.reports
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    must_be_in(&facts.home.rings, &["gcsm"], "Google Cloud")?;
    let gaps = gaps(facts)?;
    let file =
        |made: Made, name: &str, what, template| made.file(path(name), what, fill(template, gaps.clone()));
    let made =
        file(Made::default(), "rotator.yaml", "the role that rotates", include_str!("gcp/rotator.yaml"));
    let made = file(
        made,
        "breaker.yaml",
        "the role that makes old versions unreadable",
        include_str!("gcp/breaker.yaml"),
    );
    let made = file(made, "roles.sh", "makes accounts and roles", include_str!("gcp/roles.sh"));
    if facts.variant == "gke" {
        return steps(made, facts);
    }
    let made = if follows(&facts.django, facts.variant) {
        made
    } else {
        let made = file(
            made,
            "restarter.yaml",
            "the role that restarts the site",
            include_str!("gcp/restarter.yaml"),
        );
        file(made, "renew.py", "restarts it after each step", include_str!("gcp/renew.py"))
    };
    let made = file(made, "service.yaml", "the site", include_str!("gcp/service.yaml"));
    let made = facts.home.rings.iter().fold(made, |made, ring| {
        let gaps = context! { ring => ring.name.to_string(), end => end(facts, ring), ..gaps.clone() };
        let job = fill(include_str!("gcp/job.yaml"), gaps);
        made.file(path(&format!("job{}.yaml", end(facts, ring))), "the job that rotates", job)
    });
    let made = file(made, "schedule.sh", "runs it every day", include_str!("gcp/schedule.sh"));
    steps(made, facts)
}

fn gaps(facts: &Facts) -> Result<Value, Failure> {
    let said = |name| facts.answers.get(name);
    let (name, project) = (facts.django.name.as_str(), project(facts)?);
    let server = facts.django.server.command(Listen::Address("0.0.0.0:8080"), &facts.django.application());
    let follows = follows(&facts.django, facts.variant);
    let command = if facts.variant == "env" { server } else { cloud::start(facts, server) };
    let image = match said("image") {
        "" => format!("{}-docker.pkg.dev/{project}/{name}/web", said("region")),
        image => image.to_owned(),
    };
    let jobs: Vec<String> = facts.home.rings.iter().map(|ring| end(facts, ring)).collect();
    Ok(context! {
        name, project, image, command, follows, jobs, restarts => !follows && facts.variant != "gke", variant => facts.variant,
        values => values(facts)?, secrets => secrets(facts)?, settings => facts.django.settings.as_str(), apart => facts.django.settings_unlike_managed(), region => said("region"),
        environment => facts.home.environment.as_str(), service => said("service"), namespace => said("namespace"), age => said("age"),
    })
}

fn project(facts: &Facts) -> Result<&str, Failure> {
    let place = Place::of(&facts.home.main().store)?;
    Ok(place.name.split_once('/').map_or(place.name, |(project, _)| project))
}

/// The secrets of all rings, as the words of a gcloud command.
fn secrets(facts: &Facts) -> Result<Vec<String>, Failure> {
    let mut secrets = Vec::new();
    for ring in &facts.home.rings {
        let place = Place::of(&ring.store)?;
        let location =
            place.get("location").map(|location| format!(" --location={location}")).unwrap_or_default();
        for secret in place.secrets() {
            let (project, secret) = secret.split_once('/').ok_or_else(|| no_secret(ring))?;
            let words = format!("{secret} --project={project}{location}");
            secrets.extend((!secrets.contains(&words)).then_some(words));
        }
    }
    Ok(secrets)
}

/// The variables that Cloud Run sets, and the secret that each is the whole value of.
fn values(facts: &Facts) -> Result<Vec<(String, String)>, Failure> {
    if facts.variant != "env" {
        return Ok(vec![]);
    }
    let mut values = Vec::new();
    for ring in &facts.home.rings {
        let place = Place::of(&ring.store)?;
        if place.get("layout") != Some("separate") || place.get("location").is_some() {
            return Err(not_whole(ring));
        }
        let names = [ring.name.as_str().to_owned(), ring.name.fallbacks(), ring.name.record()];
        let secrets = place.secrets();
        let secrets = secrets.iter().map(|secret| secret.rsplit('/').next().unwrap_or_default().to_owned());
        values.extend(names.into_iter().zip(secrets));
    }
    Ok(values)
}

/// What the job of a ring has behind its name: nothing for the main one.
fn end(facts: &Facts, ring: &Ring) -> String {
    if ring.name == facts.home.main().name {
        return String::new();
    }
    format!("-{}", ring.name.as_str().to_ascii_lowercase().replace('_', "-"))
}

fn steps(made: Made, facts: &Facts) -> Result<Made, Failure> {
    let (project, region) = (project(facts)?, facts.answers.get("region"));
    let made =
        cloud::first_keys(cloud::after_write(made, facts, restart(&facts.django, facts.variant)), facts);
    let made = made.step("Make the accounts and their roles:").command("sh deploy/gcp/roles.sh");
    if facts.variant == "gke" {
        return Ok(in_the_cluster(made, facts, project));
    }
    Ok(made
        .step("service.yaml is the whole service: add what yours has besides, such as its other variables. Then:")
        .command(format!(
            "gcloud run services replace deploy/gcp/service.yaml --project={project} --region={region}"
        ))
        .command("sh deploy/gcp/schedule.sh"))
}

/// What makes the pods' own accounts, which those of the cloud let in by their names.
fn in_the_cluster(made: Made, facts: &Facts, project: &str) -> Made {
    let (name, namespace) = (&facts.django.name, facts.answers.get("namespace"));
    let account = |account| format!("{name}-{account}@{project}.iam.gserviceaccount.com");
    made.step("Make the rest, for pods that have these identities:").command(format!(
        "keybaton recipe kubernetes -e {} --name {name} --variant workload --set namespace={namespace} --set identity={} --set reader={} --write",
        facts.home.environment, account("rotate"), account("web"),
    ))
}

fn path(name: &str) -> String {
    format!("deploy/gcp/{name}")
}

fn no_secret(ring: &Ring) -> Failure {
    Failure::new(Exit::Configuration, format!("the store of {} names no project and secret", ring.name))
        .hint("write gcsm://PROJECT/SECRET in keybaton.toml")
}

fn not_whole(ring: &Ring) -> Failure {
    let sentence = format!(
        "Cloud Run sets a variable to a whole secret that is in no location, which {} is not in",
        ring.name
    );
    Failure::new(Exit::Configuration, sentence).hint(
        "write ?layout=separate behind the store in keybaton.toml, or let the site read it itself: the variant run",
    )
}
