//! AWS Secrets Manager.
//!
//! A write puts its value under a label of its own, where nobody reads it, and then moves AWSCURRENT from the version that
//! was read: AWS refuses the move where another version holds it by now, which makes it a compare-and-swap. The label is
//! not AWSPENDING, which belongs to managed rotation.

use keybaton_core::{RingName, SecretText};
use serde_json::{Value as Json, json};

use crate::remote::aws::{self, Aws, Service, no_empty_text};
use crate::remote::call::Effect;
use crate::remote::line::conflict;
use crate::remote::values::{LAYOUT, Over, Put, Value, Values, arranged};
use crate::remote::{Address, Deadline};
use crate::{Can, Guard, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl};

mod named;
mod refusal;
mod replicas;
mod secret;
mod swap;

use named::{Named, is_arn};
use secret::Secret;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "awssm",
    summary: "AWS Secrets Manager",
    example: "awssm://shop/django?region=eu-west-1",
    can: Can { read_back: true, guard: Guard::CompareAndSwap, atomic: true },
    guarded_by: "AWSCURRENT is moved from the version that was read",
    creates: "the secret, under the key aws/secretsmanager, tagged created-by=keybaton",
    local: false,
    chosen_by: &aws::CHOSEN_BY,
    open,
};

static SERVICE: Service = Service {
    name: "secretsmanager",
    title: "AWS Secrets Manager",
    target: "secretsmanager",
    id: "secrets_manager",
    encrypts: "kms:GenerateDataKey and kms:Decrypt",
    is_dual_stack: true,
};

#[derive(Debug)]
struct SecretsManager {
    aws: Aws,
    adopt_owner: bool,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[aws::REGION, aws::PROFILE, LAYOUT])?;
    let named = Named::of(url, &address)?;
    let aws = Aws::prepare(&SERVICE, (url, &address), named.region, settings)?;
    let values = SecretsManager { aws, adopt_owner: settings.adopt_owner };
    arranged(values, named.name, (url, &address), ring, settings)
}

impl Values for SecretsManager {
    fn get(&self, name: &str, deadline: Deadline) -> Result<Option<Value>, StoreError> {
        let body = match self.aws.ask(
            "GetSecretValue",
            &json!({ "SecretId": name, "VersionStage": CURRENT }),
            deadline,
        )? {
            Ok(told) => told.body,
            Err(refusal) if refusal.is("ResourceNotFoundException") => return Ok(None),
            Err(refusal) => return Err(self.refused(&refusal, name)),
        };
        match (body["SecretString"].as_str(), body["VersionId"].as_str()) {
            (Some(text), Some(version)) => {
                Ok(Some(Value { text: SecretText::new(text), version: version.into() }))
            }
            _ => Err(self.binary(name)),
        }
    }

    fn must_fit(&self, new: &SecretText) -> Result<(), StoreError> {
        match new.expose().len() {
            0 => Err(no_empty_text(&self.aws.line.store)),
            1..=LONGEST => Ok(()),
            _ => {
                let sentence = format!("{}: the secret would be larger than 64 KiB", self.aws.line.store);
                Err(StoreError::new(StoreErrorKind::TooLarge, sentence)
                    .hint("keep the ring in a secret of its own"))
            }
        }
    }

    fn put(
        &self,
        name: &str,
        new: &SecretText,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<Put, StoreError> {
        let Some(before) = self.describe(name, deadline)? else {
            return self.create(name, new, over, deadline);
        };
        before.must_be_ours_to_write(&self.aws.line.store, self.adopt_owner)?;
        if before.current.as_deref() != over.version() {
            return Err(conflict(&self.aws.line.store));
        }
        let version = aws::token()?;
        self.put_aside(name, new, &version, over, deadline)?;
        self.make_current(name, &version, over.version(), deadline)?;
        let notes = self.tidy(name, &before, &version, deadline).into_iter().collect();
        Ok(Put { version: version.into(), notes, has_copies: !before.replicas.is_empty(), overlap: None })
    }

    fn wait_for_copies(&self, name: &str, deadline: Deadline) -> Vec<Note> {
        self.wait_for_replicas(name, deadline)
    }
}

impl SecretsManager {
    fn describe(&self, name: &str, deadline: Deadline) -> Result<Option<Secret>, StoreError> {
        match self.aws.ask("DescribeSecret", &json!({ "SecretId": name }), deadline)? {
            Ok(told) => Ok(Some(Secret::of(&told.body))),
            Err(refusal) if refusal.is("ResourceNotFoundException") => Ok(None),
            Err(refusal) => Err(self.refused(&refusal, name)),
        }
    }

    fn create(
        &self,
        name: &str,
        new: &SecretText,
        over: Over<'_>,
        deadline: Deadline,
    ) -> Result<Put, StoreError> {
        match over {
            Over::Version(_) => return Err(conflict(&self.aws.line.store)),
            Over::Nothing { may_create: false } => return Err(self.aws.line.not_made(KIND.creates)),
            Over::Nothing { may_create: true } if is_arn(name) => return Err(self.not_made_by_arn()),
            Over::Nothing { may_create: true } => {}
        }
        let version = aws::token()?;
        let asked = json!({
            "Name": name,
            "SecretString": new.expose(),
            "ClientRequestToken": version,
            "Description": "a Django key ring, written by keybaton",
            "Tags": [{ "Key": "created-by", "Value": "keybaton" }],
        });
        // The token makes the second of two equal calls a repetition of the first.
        match self.aws.change(Effect::Repeats, "CreateSecret", &asked, deadline)? {
            Ok(_) => Ok(Put { version: version.into(), ..Put::default() }),
            Err(refusal) if refusal.is("ResourceExistsException") => {
                Err(self.aws.line.conflict(&refusal.answer))
            }
            Err(refusal) => Err(self.refused(&refusal, name)),
        }
    }
}

/// Where every program looks.
const CURRENT: &str = "AWSCURRENT";
const LABEL: &str = "KEYBATON-";
const LONGEST: usize = 65_536;

/// For the parts that read what AWS says of a secret.
fn is_ours(stage: &Json) -> bool {
    stage.as_str().is_some_and(|stage| stage.starts_with(LABEL))
}
