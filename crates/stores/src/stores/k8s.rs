//! Kubernetes Secrets.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use keybaton_core::{RingName, Texts, Writes};
use serde_json::Value;

use crate::remote::line::conflict;
use crate::remote::seen::Seen;
use crate::remote::{Address, Answer, Deadline};
use crate::{
    Can, ChosenBy, Environment, Guard, Held, Settings, Store, StoreError, StoreErrorKind, StoreKind,
    StoreUrl, Version, Written,
};

mod calls;
mod config;
mod connection;
mod marks;
mod owner;
mod place;
mod plugin;
mod proxy;
mod refusal;
mod secret;

use calls::Calls;
use connection::{Cluster, connect};
use place::Place;
use secret::Facts;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "k8s",
    summary: "a Kubernetes Secret",
    example: "k8s://shop/django",
    can: Can { read_back: true, guard: Guard::CompareAndSwap, atomic: true },
    guarded_by: "resourceVersion, compared by the API server",
    creates: "a Secret of type Opaque, in a namespace that is there",
    local: false,
    chosen_by: &[
        ChosenBy::Variable("KUBERNETES_SERVICE_HOST"),
        ChosenBy::Variable("KUBERNETES_SERVICE_PORT"),
        ChosenBy::Files { named_in: "KUBECONFIG", usual: ".kube/config" },
    ],
    open,
};

struct KubernetesSecret {
    place: Place,
    ring: RingName,
    environment: Environment,
    adopt_owner: bool,
    may_create: bool,
    /// Connected to with the first call: a plugin that signs in may ask the user something.
    cluster: Mutex<Option<Arc<Cluster>>>,
    /// What stood there; nothing where there is no Secret.
    seen: Seen<Option<Facts>>,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &["context"])?;
    Ok(Box::new(KubernetesSecret {
        place: Place::of(url, &address)?,
        ring: ring.clone(),
        environment: settings.environment.clone(),
        adopt_owner: settings.adopt_owner,
        may_create: settings.may_create,
        cluster: Mutex::default(),
        seen: Seen::default(),
    }))
}

impl Store for KubernetesSecret {
    fn read(&self) -> Result<Held, StoreError> {
        let (texts, version) = self.signed_in(|calls| self.look(calls))?;
        Ok(if texts.is_absent() { Held::Absent } else { Held::Texts(texts, version) })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        self.signed_in(|calls| {
            let facts = self.before(over, calls)?;
            let data = secret::data_of(&new.whole, &self.ring);
            let Some(facts) = facts else {
                if !self.may_create {
                    return Err(calls.line.not_made(KIND.creates));
                }
                secret::must_fit(&new.whole, 0, &self.place)?;
                return self.written(&calls.create(&data)?, calls);
            };
            facts.must_take(&new.whole, &self.place, self.adopt_owner)?;
            let answer = calls.patch(&data, &facts.version)?;
            let notes = facts.notes(&self.place);
            self.written(&answer, calls).map(|written| Written { notes, ..written })
        })
    }
}

impl KubernetesSecret {
    /// Signing in may take its time, for it may ask the user something; what follows has one deadline.
    fn signed_in<T>(&self, visit: impl FnOnce(&Calls<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let cluster = self.cluster()?;
        let calls = Calls { line: &cluster.line, place: &self.place, deadline: Deadline::begin() };
        let outcome = visit(&calls);
        if matches!(&outcome, Err(error) if error.kind == StoreErrorKind::SignInNeeded) {
            // Whoever signs in meanwhile is somebody else to the cluster.
            *self.cluster.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        outcome
    }

    fn cluster(&self) -> Result<Arc<Cluster>, StoreError> {
        let mut held = self.cluster.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = held.as_ref().filter(|cluster| cluster.is_valid()) {
            return Ok(Arc::clone(cluster));
        }
        let cluster = Arc::new(connect(&self.place, &self.environment)?);
        *held = Some(Arc::clone(&cluster));
        Ok(cluster)
    }

    fn look(&self, calls: &Calls<'_>) -> Result<(Texts, Version), StoreError> {
        let Some(secret) = calls.get()? else {
            self.seen.keep(&Version::Absent, None);
            return Ok((Texts::default(), Version::Absent));
        };
        let texts = secret::texts_of(&secret, &self.ring, &self.place)?;
        let Some(facts) = Facts::of(&secret, &self.ring) else {
            return Err(calls.nonsense("it does not say which version the Secret has"));
        };
        let version = if texts.is_absent() { Version::Absent } else { version_of(&facts) };
        self.seen.keep(&version, Some(facts));
        Ok((texts, version))
    }

    /// What stood there at that version.
    fn before(&self, over: &Version, calls: &Calls<'_>) -> Result<Option<Facts>, StoreError> {
        if let Some(facts) = self.seen.take(over) {
            return Ok(facts);
        }
        self.look(calls)?;
        self.seen.take(over).ok_or_else(|| conflict(&self.place.store))
    }

    /// The server answers a write with what stands there now, so the next write need not look.
    fn written(&self, answer: &Answer, calls: &Calls<'_>) -> Result<Written, StoreError> {
        let secret: Value = answer.json();
        let Some(facts) = Facts::of(&secret, &self.ring) else {
            return Err(calls.line.uncertain("it does not say which version it wrote"));
        };
        let version = version_of(&facts);
        self.seen.keep(&version, Some(facts));
        Ok(Written { version, notes: Vec::new() })
    }
}

fn version_of(facts: &Facts) -> Version {
    Version::Is(facts.version.as_str().into())
}

impl fmt::Debug for KubernetesSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubernetesSecret")
            .field("store", &self.place.store)
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}
