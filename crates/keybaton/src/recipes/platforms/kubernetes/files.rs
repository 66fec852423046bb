//! The files beside the patches.

use minijinja::context;
use serde_json::Value;

use super::block::block;
use super::follow::{is_followed, restarts};
use super::plan::Plan;
use super::remote::{Driven, Part, Remote};
use super::{CSI, EXTERNAL, FOLDER, WORKLOAD, pods};
use crate::failure::Failure;
use crate::recipes::template::fill;
use crate::recipes::{Made, Ring};

/// All of them.
pub(super) fn made(plan: &Plan<'_>) -> Result<Made, Failure> {
    let mut resources = vec![
        ("rbac.yaml", "what the job may", rbac(plan)),
        ("cronjob.yaml", "the job that rotates", jobs(plan)),
    ];
    match plan.facts.variant {
        EXTERNAL => resources.push(("external-secret.yaml", "what fetches the ring", external(plan)?)),
        CSI => resources.push(("secret-provider.yaml", "what the driver mounts", driver(plan)?)),
        WORKLOAD => resources.push(("reader.yaml", "what the pods may", reader(plan))),
        _ => {}
    }
    let mut made =
        Made::default().file(path("kustomization.yaml"), "the component", component(plan, &resources));
    for workload in &plan.site.workloads {
        made = made.file(path(&pods::file(workload)), "what the pods get", pods::patch(plan, workload));
    }
    for (name, what, text) in resources {
        made = made.file(path(name), what, text);
    }
    Ok(if is_followed(&plan.facts.django, plan.facts.variant) {
        made.file(path("after_write.py"), "what follows a new key", script(plan))
    } else {
        made
    })
}

/// From the top of the project.
pub(super) fn path(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

fn component(plan: &Plan<'_>, resources: &[(&str, &str, String)]) -> String {
    let names: Vec<String> = resources.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let patches = plan.site.workloads.iter().map(|workload| (pods::file(workload), workload.name.clone()));
    let patches: Vec<(String, String)> = patches.collect();
    fill(include_str!("kustomization.yaml"), context! { names, patches })
}

fn rbac(plan: &Plan<'_>) -> String {
    let deployments: Vec<String> = plan.site.workloads.iter().map(|workload| workload.name.clone()).collect();
    let is_restarted = restarts(&plan.facts.django);
    fill(
        include_str!("rbac.yaml"),
        context! {
            name => format!("{}-rotator", plan.name()), namespace => plan.namespace.as_str(), secrets => plan.secrets.clone(),
            deployments => is_restarted.then_some(deployments), annotations => plan.identity.annotations.clone(),
            external => (plan.facts.variant == EXTERNAL).then(|| plan.made_secret()), waits => is_restarted,
        },
    )
}

fn reader(plan: &Plan<'_>) -> String {
    let own = plan.site.workloads.iter().find_map(|workload| workload.account.as_deref());
    let name = pods::account(plan);
    fill(
        include_str!("reader.yaml"),
        context! {
            namespace => plan.namespace.as_str(), secrets => plan.secrets.clone(), annotations => plan.reader.annotations.clone(),
            is_ours => own.is_none(), account => own.unwrap_or(&name), name => name.as_str(),
        },
    )
}

/// One for each ring, some minutes apart.
fn jobs(plan: &Plan<'_>) -> String {
    let rings = plan.facts.home.rings.iter().enumerate();
    rings.map(|(at, ring)| job(plan, ring, at)).collect::<Vec<_>>().join("---\n")
}

fn job(plan: &Plan<'_>, ring: &Ring, at: usize) -> String {
    let facts = plan.facts;
    let (is_main, name, minute) = (at == 0, job_name(plan.name(), ring, at), (17 + 7 * at) % 60);
    let mut command = ["keybaton", "rotate", "-e", &facts.home.environment].map(str::to_owned).to_vec();
    if !is_main {
        command.extend(["--ring".to_owned(), ring.name.as_str().to_owned()]);
    }
    command.extend(["--if-older-than", facts.answers.get("age"), "--no-input"].map(str::to_owned));
    // The project is asked, so its settings are read: they want what the site's have.
    let asks = !restarts(&facts.django);
    let variables = plan
        .identity
        .environment
        .iter()
        .map(|(name, value)| serde_json::json!({"name": name, "value": value}));
    let borrowed = if asks { plan.borrowed.environment.clone() } else { Vec::new() };
    let mut environment: Vec<Value> = borrowed.into_iter().chain(variables).collect();
    let mounts = asks && plan.mounts();
    if mounts {
        environment.push(serde_json::json!({"name": "KEYBATON_DIR", "value": pods::MOUNT}));
    } else if asks {
        environment.push(serde_json::json!({"name": "KEYBATON_ENV", "value": facts.home.environment}));
    }
    let names_settings = environment.iter().any(|variable| variable["name"] == "DJANGO_SETTINGS_MODULE");
    // manage.py names others than those that serve.
    if let Some(settings) = facts.django.settings_unlike_managed().filter(|_| asks && !names_settings) {
        environment.push(serde_json::json!({"name": "DJANGO_SETTINGS_MODULE", "value": settings}));
    }
    let listed = |items: Vec<Value>| (!items.is_empty()).then(|| block(&Value::from(items), 12));
    fill(
        include_str!("cronjob.yaml"),
        context! {
            name, minute, namespace => plan.namespace.as_str(), account => format!("{}-rotator", plan.name()), image => plan.site.image.as_str(),
            folder => plan.site.model().folder(), command => block(&command.into(), 12), environment => listed(environment),
            sources => listed(if asks { plan.borrowed.sources.clone() } else { Vec::new() }), labels => plan.identity.labels.clone(),
            volume => mounts.then(|| block(&Value::from(vec![plan.volume("keybaton")]), 10)), mount => pods::MOUNT,
        },
    )
}

/// Kubernetes appends to the name of a CronJob, so it has to be short.
pub(super) fn job_name(project: &str, ring: &Ring, at: usize) -> String {
    let base =
        format!("{}-rotator", project.get(..LONGEST_NAME - 14).unwrap_or(project).trim_end_matches('-'));
    let name = format!("{base}-{}", ring.name.as_str().to_ascii_lowercase().replace('_', "-"));
    match at {
        0 => base,
        _ if name.len() > LONGEST_NAME || name.ends_with('-') => format!("{base}-{at}"),
        _ => name,
    }
}

fn script(plan: &Plan<'_>) -> String {
    let names: Vec<&str> = plan.site.workloads.iter().map(|workload| workload.name.as_str()).collect();
    let names = if restarts(&plan.facts.django) { names } else { Vec::new() };
    let external = (plan.facts.variant == EXTERNAL).then(|| plan.made_secret());
    fill(
        include_str!("after_write.py"),
        context! { namespace => plan.namespace.as_str(), restarts => !names.is_empty(), deployments => python(&names), external },
    )
}

/// Names, which need no quoting, as a tuple of Python.
fn python(names: &[&str]) -> String {
    format!("({})", names.iter().map(|name| format!("\"{name}\",")).collect::<Vec<_>>().join(" "))
}

fn external(plan: &Plan<'_>) -> Result<String, Failure> {
    let mut parts: Vec<Part> = Vec::new();
    for ring in &plan.facts.home.rings {
        parts.extend(Remote::of(ring)?.parts());
    }
    let parts: Vec<_> = parts
        .into_iter()
        .map(|part| context! { file => part.file, key => part.key, property => part.property })
        .collect();
    Ok(fill(
        include_str!("external-secret.yaml"),
        context! { name => plan.made_secret(), namespace => plan.namespace.as_str(), store => plan.facts.answers.get("secret-store"), parts },
    ))
}

/// One class has one provider, and its parameters once.
fn driver(plan: &Plan<'_>) -> Result<String, Failure> {
    let mut driven = Remote::of(plan.facts.home.main())?.driven(&plan.facts.answers)?;
    for ring in &plan.facts.home.rings[1..] {
        let Driven { provider, given, objects, .. } = Remote::of(ring)?.driven(&plan.facts.answers)?;
        if (provider, &given) != (driven.provider, &driven.given) {
            return Err(scattered(ring));
        }
        driven.objects += &objects;
    }
    // Azure's list is a member of an object.
    let (head, depth) = if driven.provider == "azure" { ("      array:\n", 8) } else { ("", 6) };
    let lines = driven.objects.lines().map(|line| format!("{}{line}\n", " ".repeat(depth)));
    let objects = format!("{head}{}", lines.collect::<String>());
    Ok(fill(
        include_str!("secret-provider.yaml"),
        context! {
            name => plan.made_secret(), namespace => plan.namespace.as_str(), provider => driven.provider, list => driven.list,
            given => driven.given, objects => objects.trim_end(),
        },
    ))
}

fn scattered(ring: &Ring) -> Failure {
    let what = format!(
        "{} lives in {}, beside where the main ring lives, and the driver mounts from one place",
        ring.name, ring.store
    );
    Failure::new(crate::exit::Exit::Configuration, what)
        .hint("keep the rings in one account, project, vault or server, or take --variant external-secrets")
}

const LONGEST_NAME: usize = 52;
