//! A program that proves who one is elsewhere, which Google's own programs run where a variable says that they may.

use std::process::{Command, Stdio};
use std::time::Duration;

use keybaton_core::SecretText;
use serde_json::Value as Json;

use crate::program::printed_by;
use crate::remote::line::Trouble;

use super::inquiry::Inquiry;
use super::{signing_in, variable};

pub(super) struct Program {
    words: Vec<String>,
    limit: Duration,
    surroundings: Vec<(&'static str, String)>,
}

impl Program {
    /// `None` where something is missing.
    pub(super) fn of(json: &Json, audience: &str, kind: &str, email: Option<&str>) -> Option<Self> {
        let words = json["command"].as_str()?.split_ascii_whitespace().map(str::to_owned);
        let limit = json["timeout_millis"].as_u64().map_or(USUAL, Duration::from_millis);
        let mut surroundings = vec![
            ("GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE", audience.to_owned()),
            ("GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE", kind.to_owned()),
            ("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0".to_owned()),
        ];
        if let Some(email) = email {
            surroundings.push(("GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL", email.to_owned()));
        }
        if let Some(file) = json["output_file"].as_str() {
            surroundings.push(("GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE", file.to_owned()));
        }
        Some(Self { words: words.collect(), limit: limit.min(LONGEST), surroundings })
    }

    pub(super) fn proof(&self, inquiry: &Inquiry<'_>) -> Result<SecretText, Trouble> {
        let failed = |why: &str| signing_in(format!("the program that {} name {why}", inquiry.whose));
        if variable(inquiry.environment, ALLOWED).as_deref() != Some("1") {
            return Err(failed(&format!("may not be run: set {ALLOWED}=1 if you trust it")));
        }
        let (program, rest) = self.words.split_first().ok_or_else(|| failed("has no name"))?;
        let mut command = Command::new(program);
        command.args(rest).envs(self.surroundings.iter().map(|(name, value)| (name, value)));
        let printed = printed_by(command.stdin(Stdio::null()), self.limit);
        let printed = printed.map_err(|why| failed(&why.to_string()))?;
        let json = serde_json::from_slice(&printed).map_err(|_| failed("printed no JSON"))?;
        proof_in(&json).ok_or_else(|| failed("gave no proof"))
    }
}

/// What it said went wrong is not shown: it may repeat a part of the proof.
fn proof_in(json: &Json) -> Option<SecretText> {
    let name = match json["token_type"].as_str()? {
        "urn:ietf:params:oauth:token-type:saml2" => "saml_response",
        _ => "id_token",
    };
    json[name].as_str().filter(|_| json["success"] == true).map(SecretText::new)
}

const ALLOWED: &str = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";
const USUAL: Duration = Duration::from_secs(30);
/// The store's own time goes on meanwhile.
const LONGEST: Duration = Duration::from_secs(20);
