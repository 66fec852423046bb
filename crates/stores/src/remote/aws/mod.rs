//! What the services of AWS have in common: one address for each region, signed calls, and errors with a name.

mod endpoint;
mod errors;
mod process;
mod sign_in;
mod signer;

use std::path::Path;

use reqwest::Method;
use serde_json::Value;

pub(crate) use errors::Refusal;

use self::signer::Signer;
use super::call::Effect;
use super::variable::variable;
use super::{Address, Call, Deadline, Line, client};
use crate::{ChosenBy, Settings, StoreError, StoreErrorKind, StoreUrl};

/// One service of AWS.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its name in addresses and signatures.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// What stands before the name of an action.
    pub(crate) target: &'static str,
    /// What profiles call it where they name another address for it alone, and variables in capitals.
    pub(crate) id: &'static str,
    /// The rights that it needs on a key of the user's own to write with it.
    pub(crate) encrypts: &'static str,
    /// Whether its usual address is reached by IPv6 too.
    pub(crate) is_dual_stack: bool,
}

/// A service as one store asks it.
pub(crate) struct Aws {
    pub(crate) line: Line<Signer>,
    service: &'static Service,
}

/// The parameters of a URL that say where a service is and who asks it.
pub(crate) const REGION: &str = "region";
pub(crate) const PROFILE: &str = "profile";

/// An access key stands for its account; that of a profile stands in a file.
pub(crate) const CHOSEN_BY: [ChosenBy; 11] = [
    ChosenBy::Variable("AWS_ACCESS_KEY_ID"),
    ChosenBy::Variable("AWS_DEFAULT_REGION"),
    ChosenBy::Variable("AWS_ENDPOINT_URL"),
    ChosenBy::Variable("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
    ChosenBy::Variable("AWS_ENDPOINT_URL_SSM"),
    ChosenBy::Variable("AWS_PROFILE"),
    ChosenBy::Variable("AWS_REGION"),
    ChosenBy::Variable("AWS_ROLE_ARN"),
    ChosenBy::Variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
    ChosenBy::Files { named_in: "AWS_CONFIG_FILE", usual: ".aws/config" },
    ChosenBy::Files { named_in: "AWS_SHARED_CREDENTIALS_FILE", usual: ".aws/credentials" },
];

impl Aws {
    /// `region`: what the URL says of it, in whatever way.
    pub(crate) fn prepare(
        service: &'static Service,
        (url, address): (&StoreUrl, &Address),
        region: Option<&str>,
        settings: &Settings<'_>,
    ) -> Result<Self, StoreError> {
        let environment = &settings.environment;
        let client = match variable(environment, &["AWS_CA_BUNDLE"])? {
            Some(file) => client::trusting(Path::new(&file))?,
            None => client::usual()?,
        };
        let region = match region {
            Some(region) => Some(region.to_owned()),
            None => variable(environment, &["AWS_REGION", "AWS_DEFAULT_REGION"])?,
        };
        if region.as_deref().is_some_and(|region| !signer::is_region(region)) {
            let hint = "a region is small letters, digits and -, as in eu-west-1";
            let sentence = format!("{}: there is no such region as its URL or AWS_REGION says", url.scheme());
            return Err(StoreError::new(StoreErrorKind::Malformed, sentence).hint(hint));
        }
        let profile = address.get(PROFILE).map(str::to_owned);
        let line = Line {
            carrier: Signer::new(client, service, signer::Place { region, profile }),
            store: url.to_string(),
            host: service.title.to_owned(),
            is_busy: |answer| !answer.is_success() && errors::is_busy(&errors::code(&answer.json())),
            sign_in: "sign in as for the aws command: aws sso login, aws configure, or AWS_PROFILE",
            authority: "AWS_CA_BUNDLE=/path/to/ca.pem",
        };
        Ok(Self { line, service })
    }

    /// Asks for something that changes nothing.
    pub(crate) fn ask(
        &self,
        action: &'static str,
        what: &Value,
        deadline: Deadline,
    ) -> Result<Reply, StoreError> {
        self.change(Effect::Reads, action, what, deadline)
    }

    /// Asks for a change, as often as its effect allows.
    pub(crate) fn change(
        &self,
        effect: Effect,
        action: &'static str,
        what: &Value,
        deadline: Deadline,
    ) -> Result<Reply, StoreError> {
        let target = format!("{}.{action}", self.service.target);
        let call = Call::new(Method::POST, "/")
            .json(what, "application/x-amz-json-1.1")
            .header("x-amz-target", &target);
        let answer = self.line.ask(&Call { effect, ..call }, deadline)?;
        let body = answer.json();
        if answer.is_success() {
            // Some pages greet everybody with 200.
            return match body.is_object() {
                true => Ok(Ok(Told { body, is_doubtful: answer.is_doubtful, at: answer.at() })),
                false if effect.changes() => Err(self.line.uncertain("it answers with what is not its own")),
                false => Err(self.line.unknown(&answer, action)),
            };
        }
        Ok(Err(Refusal { action, code: errors::code(&body), message: errors::message(&body), answer }))
    }

    /// What a refusal means that the store itself knows nothing of.
    pub(crate) fn reason(&self, refusal: &Refusal) -> StoreError {
        errors::of(refusal, self.service, &self.line)
    }
}

/// AWS takes no empty text, which no ring holds either: only a hand that writes one meets this.
pub(crate) fn no_empty_text(store: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Unsupported, format!("{store}: AWS keeps no empty text"))
        .hint("a key that is not empty can be written")
}

/// A random name that AWS takes for a version, and nobody else has.
pub(crate) fn token() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        StoreError::new(StoreErrorKind::Unreachable, format!("the system gives no random bytes: {error}"))
    })?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

/// What a service answers: what was asked for, or why not.
pub(crate) type Reply = Result<Told, Refusal>;

/// What was asked for.
pub(crate) struct Told {
    pub(crate) body: Value,
    /// Whether an earlier attempt at the same change may have been done too.
    pub(crate) is_doubtful: bool,
    /// When, by AWS's clock.
    pub(crate) at: u64,
}

impl std::fmt::Debug for Aws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Aws({}, {})", self.line.store, self.service.name)
    }
}
