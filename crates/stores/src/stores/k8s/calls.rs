//! The calls that a read or a write consists of.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::place::Place;
use super::refusal::{Doing, lacks_right, refused};
use crate::remote::{Answer, Call, Deadline, Line};
use crate::{StoreError, StoreErrorKind};

/// One read or one write.
pub(super) struct Calls<'a> {
    pub(super) line: &'a Line<Connection>,
    pub(super) place: &'a Place,
    pub(super) deadline: Deadline,
}

impl Calls<'_> {
    /// The Secret; `None` where there is none, or no such namespace.
    pub(super) fn get(&self) -> Result<Option<Value>, StoreError> {
        let answer = self.line.ask(&Call::new(Method::GET, self.place.path()), self.deadline)?;
        let body = answer.json();
        match answer.status {
            200 => Ok(Some(body)),
            404 if is_status(&body) => Ok(None),
            _ => Err(refused(self, &answer, Doing::Reading)),
        }
    }

    pub(super) fn create(&self, data: &Map<String, Value>) -> Result<Answer, StoreError> {
        let body = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": { "name": self.place.name, "labels": { "app.kubernetes.io/managed-by": "keybaton" } },
            "data": data,
        });
        let path = format!("{}?{AS_KEYBATON}", self.place.folder());
        let call = Call::new(Method::POST, path).json(&body, "application/json");
        let answer = self.line.ask(&call, self.deadline)?;
        match answer.status {
            201 => Ok(answer),
            409 => Err(self.line.conflict(&answer)),
            404 if is_status(&answer.json()) => Err(self.line.refusal(&answer, self.no_namespace())),
            _ => Err(refused(self, &answer, Doing::Creating)),
        }
    }

    /// Changes the ring's data alone, if the Secret still has that version.
    pub(super) fn patch(&self, data: &Map<String, Value>, over: &str) -> Result<Answer, StoreError> {
        let body = json!({ "metadata": { "resourceVersion": over }, "data": data });
        let path = format!("{}?{AS_KEYBATON}", self.place.path());
        let call = Call::new(Method::PATCH, path).json(&body, "application/merge-patch+json");
        let answer = self.line.ask(&call, self.deadline)?;
        match answer.status {
            // Roles are often written with `update` and without `patch`.
            403 if lacks_right(&answer) && !answer.is_doubtful => {
                self.replace(data, over).map_err(|error| match error.kind {
                    StoreErrorKind::Denied => refused(self, &answer, Doing::Writing),
                    _ => error,
                })
            }
            _ => self.taken(answer),
        }
    }

    /// The same with the rights to read and to update: the whole Secret as it is, with other data of the ring.
    fn replace(&self, data: &Map<String, Value>, over: &str) -> Result<Answer, StoreError> {
        let Some(mut secret) = self.get()?.filter(|secret| secret["metadata"]["resourceVersion"] == over)
        else {
            return Err(crate::remote::line::conflict(&self.place.store));
        };
        match secret["data"].as_object_mut() {
            Some(all) => all.extend(data.clone()),
            None => secret["data"] = Value::Object(data.clone()),
        }
        let path = format!("{}?{AS_KEYBATON}", self.place.path());
        let call = Call::new(Method::PUT, path).json(&secret, "application/json");
        self.taken(self.line.ask(&call, self.deadline)?)
    }

    fn taken(&self, answer: Answer) -> Result<Answer, StoreError> {
        match answer.status {
            200 => Ok(answer),
            404 | 409 => Err(self.line.conflict(&answer)),
            _ => Err(refused(self, &answer, Doing::Writing)),
        }
    }

    fn no_namespace(&self) -> StoreError {
        let Place { store, namespace, .. } = self.place;
        let sentence = format!("{store}: there is no namespace {namespace}");
        StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint(format!("check the name, or make it: kubectl create namespace {namespace}"))
    }

    /// An answer that no API server gives.
    pub(super) fn nonsense(&self, what: &str) -> StoreError {
        let sentence = format!("{}: {} makes no sense: {what}", self.place.store, self.line.host);
        StoreError::new(StoreErrorKind::Malformed, sentence)
            .hint("check the address in your kubeconfig: is it an API server of Kubernetes?")
    }
}

/// Whether it was the API server that answered, and not something on the way to it.
fn is_status(body: &Value) -> bool {
    body["kind"] == "Status"
}

/// Under which name the server remembers who wrote.
const AS_KEYBATON: &str = "fieldManager=keybaton";
