//! What Google's refusals mean, by what the caller does about them.

use serde_json::Value as Json;

use crate::remote::Answer;
use crate::{StoreError, StoreErrorKind};

use super::Gcsm;

/// What a call needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    Access,
    Get,
    Create,
    Update,
    Add,
}

impl Right {
    pub(super) fn doing(self) -> &'static str {
        if self == Self::Access { "reading" } else { "writing" }
    }

    fn permission(self) -> &'static str {
        match self {
            Self::Access => "secretmanager.versions.access",
            Self::Get => "secretmanager.secrets.get",
            Self::Create => "secretmanager.secrets.create",
            Self::Update => "secretmanager.secrets.update",
            Self::Add => "secretmanager.versions.add",
        }
    }

    /// The narrowest of Google's own roles that has it.
    fn role(self) -> &'static str {
        match self {
            Self::Access => "roles/secretmanager.secretAccessor",
            Self::Get => "roles/secretmanager.viewer",
            Self::Create | Self::Update => "roles/secretmanager.admin",
            Self::Add => "roles/secretmanager.secretVersionAdder",
        }
    }
}

impl Gcsm {
    /// What an answer means that is not the one that was hoped for.
    pub(super) fn refused(&self, answer: &Answer, name: &str, right: Right) -> StoreError {
        self.line.refusal(answer, self.reason(answer, name, right))
    }

    fn reason(&self, answer: &Answer, name: &str, right: Right) -> StoreError {
        match answer.status {
            401 => self
                .error(
                    StoreErrorKind::SignInNeeded,
                    &format!("{} does not accept your credentials", self.line.host),
                )
                .hint(format!(
                    "{}; a token in GOOGLE_OAUTH_ACCESS_TOKEN or a file of one comes before that",
                    self.line.sign_in
                )),
            403 => self.denied(&answer.json(), name, right),
            _ => self.line.unknown(answer, right.doing()),
        }
    }

    fn denied(&self, body: &Json, name: &str, right: Right) -> StoreError {
        let project = &self.place.project;
        match reason(body) {
            Some("SERVICE_DISABLED") => self
                .error(StoreErrorKind::Denied, &format!("Secret Manager is not switched on in {project}"))
                .hint(format!("gcloud services enable secretmanager.googleapis.com --project={project}")),
            Some("BILLING_DISABLED") => self
                .error(StoreErrorKind::Denied, &format!("the project {project} has no billing account"))
                .hint(format!("gcloud billing projects link {project} --billing-account=ACCOUNT")),
            Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT") => self
                .error(StoreErrorKind::Denied, "your token is not meant for Secret Manager")
                .hint("it needs the scope https://www.googleapis.com/auth/cloud-platform, which machines get when they are made"),
            _ => self
                .error(StoreErrorKind::Denied, &format!("you have no right to this when {}", right.doing()))
                .hint(self.grant(name, right)),
        }
    }

    /// Google does not tell those who lack a right whether there is such a secret.
    fn grant(&self, name: &str, right: Right) -> String {
        let (permission, role) = (right.permission(), right.role());
        let command = match right {
            Right::Create => format!("gcloud projects add-iam-policy-binding {}", self.place.project),
            _ => format!("gcloud secrets add-iam-policy-binding {}", self.place.words(name)),
        };
        format!("it needs {permission}, or there is no such secret: {command} --role={role} --member=WHO")
    }

    /// The newest version is there and cannot be read.
    pub(super) fn unusable(&self, name: &str, answer: &Answer) -> StoreError {
        let body = answer.json();
        let told = body["error"]["message"].as_str().unwrap_or_default();
        let (_, told) = told.rsplit_once("/versions/").unwrap_or_default();
        let version: String = told.chars().take_while(char::is_ascii_digit).take(20).collect();
        let words = self.place.flags();
        let (state, mend) = if told.contains("DISABLED") {
            ("disabled", format!("gcloud secrets versions enable {version} --secret={name}{words}"))
        } else if told.contains("DESTROYED") {
            let last_good = format!("gcloud secrets versions access N --secret={name}{words}");
            let add = format!("gcloud secrets versions add {name}{words} --data-file=-");
            ("destroyed", format!("add the value of the last good one again, {last_good} | {add}"))
        } else {
            return self.without_its_key(name);
        };
        let what = format!("version {version} of {name}, the newest, is {state}");
        self.error(StoreErrorKind::Malformed, &what)
            .hint(format!("`latest` is the newest version in whatever state: {mend}"))
    }

    /// What else Google cannot do "as things are".
    pub(super) fn without_its_key(&self, name: &str) -> StoreError {
        self.error(StoreErrorKind::Malformed, &format!("Google cannot use {name} as things are (FAILED_PRECONDITION)"))
            .hint(format!(
                "see whether the key of Cloud KMS that it is encrypted with is enabled: gcloud secrets describe {}",
                self.place.words(name)
            ))
    }

    /// Somebody who knows of no claims wrote before us, unseen, and nobody but us knows it.
    pub(super) fn wrote_over(&self, name: &str, other: u64, ours: u64) -> StoreError {
        let what = format!(
            "this write (version {ours}) went over version {other}, which another program made at the same moment"
        );
        let words = format!("{other} --secret={name}{}", self.place.flags());
        self.error(StoreErrorKind::Overlap, &what).hint(format!(
            "what it changed is lost, and a key that it revoked is accepted again: see with \
             `gcloud secrets versions access {words}` what it was, and do again what it did"
        ))
    }

    /// A schedule asks another program for new versions.
    pub(super) fn rotated(&self, name: &str) -> StoreError {
        self.error(StoreErrorKind::Refused, "the secret has a rotation schedule, by which another program replaces it")
            .hint(format!(
                "end it: gcloud secrets update {} --remove-rotation-schedule; or, where that program is keybaton, \
                 say --adopt-owner",
                self.place.words(name)
            ))
    }

    pub(super) fn empty(&self) -> StoreError {
        self.error(StoreErrorKind::Unsupported, "Google keeps no empty value")
            .hint("leave it out, or use layout=json")
    }

    pub(super) fn too_large(&self) -> StoreError {
        self.error(
            StoreErrorKind::TooLarge,
            "the value would be larger than 64 KiB, which is all that one version holds",
        )
        .hint("keep the ring in a secret of its own, or retire some of its keys")
    }

    fn error(&self, kind: StoreErrorKind, what: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {what}", self.line.store))
    }
}

/// Whether an answer has one of Google's canonical errors.
pub(super) fn says(answer: &Answer, status: &str) -> bool {
    answer.json()["error"]["status"] == status
}

/// What programs are to go by where one error has many causes.
fn reason(body: &Json) -> Option<&str> {
    let details = body["error"]["details"].as_array()?;
    details.iter().find_map(|detail| detail["reason"].as_str())
}
