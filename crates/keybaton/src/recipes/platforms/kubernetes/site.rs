//! Which Deployments and containers run the project: by the manifests, and by what the user says.

use std::path::PathBuf;

use serde_json::Value;

use super::container::Container;
use super::manifests::{Deployment, Manifests};
use super::{OF_MANIFEST, is_name};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::{Answers, Django};

/// What runs of a project in a cluster.
#[derive(Debug)]
pub(super) struct Site {
    /// None where nobody says it.
    pub(super) namespace: Option<String>,
    pub(super) image: String,
    /// One at least.
    pub(super) workloads: Vec<Workload>,
    /// The folder of the only kustomization, from the top of the project.
    pub(super) kustomization: Option<PathBuf>,
}

/// A Deployment, and those of its containers that read the ring.
#[derive(Debug)]
pub(super) struct Workload {
    pub(super) name: String,
    /// One at least.
    pub(super) containers: Vec<Container>,
    pub(super) volumes: Vec<Value>,
    /// The ServiceAccount of its pods, where it is not the namespace's own.
    pub(super) account: Option<String>,
}

impl Site {
    pub(super) fn of(django: &Django, answers: &Answers) -> Result<Self, Failure> {
        let manifests = Manifests::of(django, answers.said("manifests"))?;
        let said = |name| Some(answers.get(name)).filter(|value| *value != OF_MANIFEST);
        let workloads = workloads(&manifests, django, said("deployment"), said("container"))?;
        let found = workloads.iter().flat_map(|workload| &workload.containers).find_map(Container::image);
        let image = said("image").or(found).ok_or_else(no_image)?.to_owned();
        let namespace = said("namespace").or(manifests.namespace()).map(str::to_owned);
        let kustomization = match manifests.kustomizations.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        Ok(Self { namespace, image, workloads, kustomization })
    }

    /// The container that a job of the project is like.
    pub(super) fn model(&self) -> &Container {
        &self.workloads[0].containers[0]
    }
}

fn workloads(
    manifests: &Manifests,
    django: &Django,
    deployment: Option<&str>,
    container: Option<&str>,
) -> Result<Vec<Workload>, Failure> {
    let Some(said) = deployment else {
        let chosen = chosen(manifests, django)?;
        return chosen.into_iter().map(|deployment| Workload::of(deployment, django, container)).collect();
    };
    said.split(',')
        .map(|name| match (manifests.deployment(name), container) {
            _ if !is_name(name) => Err(no_name()),
            (Some(deployment), _) => Workload::of(deployment, django, container),
            (None, Some(container)) => Ok(Workload::unseen(name, container)),
            (None, None) => Err(unseen(name)),
        })
        .collect()
}

/// The only Deployment, or those that run the project.
fn chosen<'m>(manifests: &'m Manifests, django: &Django) -> Result<Vec<&'m Deployment>, Failure> {
    let named: Vec<&Deployment> =
        manifests.deployments.iter().filter(|deployment| is_name(&deployment.name)).collect();
    match named.as_slice() {
        [] => Err(nothing(manifests)),
        [one] => Ok(vec![one]),
        several => {
            let runs = |deployment: &&&Deployment| runs(deployment, django);
            let own: Vec<&Deployment> = several.iter().filter(runs).copied().collect();
            if own.is_empty() { Err(which(several)) } else { Ok(own) }
        }
    }
}

fn runs(deployment: &Deployment, django: &Django) -> bool {
    deployment.containers.iter().any(|container| container.runs(&django.name, &django.package))
}

impl Workload {
    fn of(deployment: &Deployment, django: &Django, said: Option<&str>) -> Result<Self, Failure> {
        let all = &deployment.containers;
        let main: Vec<&Container> = all.iter().filter(|container| !container.is_first).collect();
        let own: Vec<&Container> = match (said, main.as_slice()) {
            (Some(said), _) => main.iter().filter(|container| container.name == said).copied().collect(),
            (None, [one]) => vec![one],
            (None, several) => {
                let runs = |container: &&&Container| container.runs(&django.name, &django.package);
                several.iter().filter(runs).copied().collect()
            }
        };
        if own.is_empty() {
            return Err(which_container(deployment));
        }
        // What migrates the database before they start reads the settings, too.
        let is_like = |first: &&Container| {
            first.is_first
                && (first.runs(&django.name, &django.package)
                    || own.iter().any(|own| own.image().is_some() && own.image() == first.image()))
        };
        let first = all.iter().filter(is_like);
        Ok(Self {
            name: deployment.name.clone(),
            containers: own.iter().copied().chain(first).cloned().collect(),
            volumes: deployment.volumes.clone(),
            account: deployment.account.clone(),
        })
    }

    /// One that no manifest here has.
    fn unseen(name: &str, container: &str) -> Self {
        let containers = vec![Container::named(container)];
        Self { name: name.to_owned(), containers, volumes: Vec::new(), account: None }
    }
}

fn nothing(manifests: &Manifests) -> Failure {
    if let Some(chart) = manifests.charts.first() {
        let chart = chart.display();
        return Failure::new(
            Exit::Configuration,
            format!("the Deployment is made by the Helm chart {chart}, whose templates are no YAML before it is installed"),
        )
        .hint(format!(
            "{SAY}; then give the chart the Secret, as `existingSecret` or as a volume in its values: docs/platforms/kubernetes.md says how"
        ));
    }
    if let Some(template) = manifests.templates.first() {
        let template = template.display();
        return Failure::new(
            Exit::Configuration,
            format!("{template} is a template, which is no YAML before it is filled"),
        )
        .hint(SAY);
    }
    let what = "no file of the project, or of its repository, is the manifest of a Deployment";
    Failure::new(Exit::Configuration, what)
        .hint(format!("name where it lies, with --set manifests=…, or {SAY}"))
}

fn which(deployments: &[&Deployment]) -> Failure {
    let names: Vec<&str> = deployments.iter().map(|deployment| deployment.name.as_str()).collect();
    Failure::new(
        Exit::Configuration,
        "the manifests have several Deployments, and none of them names the project",
    )
    .hint(format!("say which with --set deployment=…: {}", names.join(", ")))
}

fn which_container(deployment: &Deployment) -> Failure {
    let main = deployment.containers.iter().filter(|container| !container.is_first);
    let names: Vec<&str> = main.map(|container| container.name.as_str()).collect();
    let name = &deployment.name;
    Failure::new(
        Exit::Configuration,
        format!("nothing tells which container of the Deployment {name} runs the project"),
    )
    .hint(format!("say which with --set container=…: {}", names.join(", ")))
}

fn unseen(name: &str) -> Failure {
    Failure::new(Exit::Configuration, format!("no manifest of the project has the Deployment {name}"))
        .hint("say what its container is called, too: --set container=…")
}

fn no_image() -> Failure {
    Failure::new(Exit::Configuration, "no manifest says the image that the job which rotates is to run")
        .hint("say it: --set image=…, one that has keybaton and the project, such as that of the site")
}

fn no_name() -> Failure {
    Failure::new(Exit::Usage, "--set deployment=… names what Kubernetes calls nothing")
        .hint("names have small letters, digits, - and . alone; several have commas between them")
}

const SAY: &str =
    "say what is there: --set deployment=web --set container=web --set image=… --set namespace=…";
