//! All that is decided before a file is made.

use serde_json::{Value, json};

use super::account::Identity;
use super::borrowed::Borrowed;
use super::probe::Probe;
use super::remote::Remote;
use super::site::{Site, Workload};
use super::source::Source;
use super::{CSI, EXTERNAL, SECRET, WORKLOAD, is_name, no_namespace};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::{Facts, Ring};

/// What is made for a project.
pub(super) struct Plan<'f> {
    pub(super) facts: &'f Facts,
    pub(super) site: Site,
    pub(super) namespace: String,
    /// The Secrets in the cluster that rings live in: there the job writes.
    pub(super) secrets: Vec<String>,
    /// Where the pods get their key from so far.
    pub(super) source: Option<Source>,
    pub(super) probe: Option<Probe>,
    pub(super) borrowed: Borrowed,
    pub(super) identity: Identity,
    /// As whom the pods read the store, where they do so themselves.
    pub(super) reader: Identity,
}

impl<'f> Plan<'f> {
    pub(super) fn of(facts: &'f Facts, site: Site) -> Result<Self, Failure> {
        let rings = &facts.home.rings;
        let homes: Vec<(&str, &str)> = rings.iter().filter_map(in_cluster).collect();
        if homes.iter().any(|(namespace, name)| !is_name(namespace) || !is_name(name)) {
            return Err(no_name());
        }
        let is_seen = |ring: &Ring| match facts.variant {
            SECRET => in_cluster(ring).is_some(),
            _ => !ring.store.kind().local,
        };
        if [SECRET, WORKLOAD].contains(&facts.variant) && !rings.iter().all(is_seen) {
            return Err(outside(rings));
        }
        let namespace = match homes.first() {
            Some((namespace, _)) => (*namespace).to_owned(),
            None => site.namespace.clone().ok_or_else(no_namespace)?,
        };
        if !is_name(&namespace) {
            return Err(no_namespace());
        }
        let elsewhere = homes.iter().map(|(namespace, _)| *namespace).chain(site.namespace.as_deref());
        if let Some(other) = elsewhere.into_iter().find(|other| *other != namespace) {
            return Err(apart(&namespace, other));
        }
        if [EXTERNAL, CSI].contains(&facts.variant) {
            rings.iter().try_for_each(|ring| Remote::of(ring).map(drop))?;
        }
        let mut secrets: Vec<String> = homes.iter().map(|(_, name)| (*name).to_owned()).collect();
        secrets.dedup();
        let borrowed = Borrowed::from(site.model(), rings, &secrets);
        let probe = Probe::of(facts);
        let (identity, reader) = (Identity::of_the_job(facts), Identity::of_the_pods(facts));
        // Where it cannot be told, the store was named, by somebody who knows.
        let store = in_cluster(facts.home.main()).map(|(_, name)| name);
        let source = Source::of(&site, &facts.django.name, store).unwrap_or_default();
        Ok(Self { facts, site, namespace, secrets, source, probe, borrowed, identity, reader })
    }

    /// What stands before every name: `shop-rotator`.
    pub(super) fn name(&self) -> &str {
        &self.facts.django.name
    }

    /// Whether the Secret that the pods get their key from is the main ring's store.
    pub(super) fn begins_with(&self, source: &Source) -> bool {
        let own = in_cluster(self.facts.home.main());
        source.may_hold_the_ring() && own == Some((self.namespace.as_str(), source.secret.as_str()))
    }

    /// Whether pods find the ring in a folder that is mounted.
    pub(super) fn mounts(&self) -> bool {
        self.facts.variant != WORKLOAD
    }

    /// The volume with the ring.
    pub(super) fn volume(&self, name: &str) -> Value {
        match (self.facts.variant, self.secrets.as_slice()) {
            (CSI, _) => json!({"name": name, "csi": {
                "driver": "secrets-store.csi.k8s.io",
                "readOnly": true,
                "volumeAttributes": {"secretProviderClass": self.made_secret()},
            }}),
            (EXTERNAL, _) => json!({"name": name, "secret": {"secretName": self.made_secret()}}),
            (_, [one]) => json!({"name": name, "secret": {"secretName": one}}),
            // One folder of several Secrets: processes look into one.
            (_, several) => {
                let sources = several.iter().map(|name| json!({"secret": {"name": name}}));
                json!({"name": name, "projected": {"sources": sources.collect::<Value>()}})
            }
        }
    }

    /// The name of what brings the ring from outside.
    pub(super) fn made_secret(&self) -> &str {
        self.facts.answers.get("secret")
    }
}

impl Workload {
    /// A name for the volume that the pod has not given away.
    pub(super) fn free(&self) -> &'static str {
        if self.volumes.iter().any(|volume| volume["name"] == "keybaton") {
            "keybaton-ring"
        } else {
            "keybaton"
        }
    }
}

/// The namespace and the name of a ring's Secret.
fn in_cluster(ring: &Ring) -> Option<(&str, &str)> {
    let place = ring.store.rest().trim_start_matches("//");
    let place = place.split_once('?').map_or(place, |(place, _)| place);
    place.split_once('/').filter(|_| ring.store.scheme() == "k8s")
}

fn no_name() -> Failure {
    Failure::new(Exit::Configuration, "keybaton.toml names a Secret as Kubernetes names none")
        .hint("write k8s://NAMESPACE/NAME, for example k8s://shop/django; names have small letters, digits, - and . alone")
}

fn outside(rings: &[Ring]) -> Failure {
    let ring = rings.iter().find(|ring| in_cluster(ring).is_none()).unwrap_or(&rings[0]);
    let hint = match ring.store.kind().local {
        true => {
            "pods do not see it: name a store such as k8s://shop/django in keybaton.toml, or take another environment with -e"
        }
        false => "say how pods get it from there: --variant external-secrets, csi or workload",
    };
    Failure::new(
        Exit::Configuration,
        format!("{} lives in {}, which is no Kubernetes Secret", ring.name, ring.store),
    )
    .hint(hint)
}

fn apart(ring: &str, site: &str) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("a ring lives in the namespace {ring}, and {site} is named besides: a pod mounts Secrets of its own namespace alone"),
    )
    .hint("bring the ring to where the pods are, with store = \"k8s://NAMESPACE/NAME\" in keybaton.toml, or say --set namespace=…")
}
