//! The program that a profile names in `credential_process`. AWS's crate lets it go on where nobody waits for it any more, and
//! repeats all that it complains of.

use std::io::{IsTerminal, stdin};
use std::process::Stdio;
use std::time::SystemTime;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::{ProfileSet, load};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_types::os_shim_internal::{Env, Fs};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use zeroize::Zeroizing;

use super::signer::one_line;

/// Who we are by the program of the profile itself, unless the environment says it. `None` where the profile has no such
/// program, or something that goes before it.
pub(super) async fn of_profile(named: Option<&str>) -> Option<CredentialsProviderChain> {
    let named = named.map(|named| named.to_owned().into());
    // What is wrong with a profile, AWS's crate says.
    let profiles = load(&Fs::real(), &Env::real(), &Default::default(), named).await.ok()?;
    let program = Program { command: command_in(&profiles)? };
    let environment = EnvironmentVariableCredentialsProvider::new();
    Some(CredentialsProviderChain::first_try("Environment", environment).or_else("Process", program))
}

fn command_in(profiles: &ProfileSet) -> Option<String> {
    let is_later = BEFORE_IT.iter().any(|setting| profiles.get(setting).is_some());
    profiles.get("credential_process").filter(|_| !is_later && cfg!(unix)).map(str::to_owned)
}

struct Program {
    /// May hold what nobody should see.
    command: String,
}

impl Program {
    /// Ended once nobody waits for it any more, or where it prints without end.
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let mut command = Command::new("sh");
        command.args(["-c", &self.command]).kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
        if !stdin().is_terminal() {
            // What stands there is for keybaton.
            command.stdin(Stdio::null());
        }
        let mut child = command.spawn().map_err(|error| failed(&format!("could not be started: {error}")))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = tokio::try_join!(all_of(stdout), all_of(stderr))?;
        let unheard = |error| failed(&format!("could not be listened to: {error}"));
        let status = child.wait().await.map_err(unheard)?;
        if !status.success() {
            let said = one_line(&String::from_utf8_lossy(&stderr));
            return Err(failed(&format!("ended with {status}: {said}")));
        }
        let told = serde_json::from_slice(&stdout).unwrap_or_default();
        credentials_in(&told).ok_or_else(|| failed("printed what are no credentials"))
    }
}

impl ProvideCredentials for Program {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Program")
    }
}

async fn all_of(output: Option<impl AsyncRead + Unpin>) -> Result<Zeroizing<Vec<u8>>, CredentialsError> {
    let mut all = Zeroizing::new(Vec::new());
    let Some(output) = output else { return Ok(all) };
    let read = output.take(LONGEST + 1).read_to_end(&mut all).await;
    read.map_err(|error| failed(&format!("could not be listened to: {error}")))?;
    if all.len() as u64 > LONGEST {
        return Err(failed("printed more than any credentials are long, and was ended"));
    }
    Ok(all)
}

/// In bytes; no credentials come near.
const LONGEST: u64 = 1 << 20;

fn credentials_in(told: &Value) -> Option<Credentials> {
    let text = |name: &str| told[name].as_str().map(str::to_owned);
    let until = match text("Expiration") {
        Some(until) => {
            let until = DateTime::from_str(&until, Format::DateTimeWithOffset).ok()?;
            Some(SystemTime::try_from(until).ok()?)
        }
        None => None,
    };
    let is_known = told["Version"] == 1;
    let (key, secret) = (text("AccessKeyId")?, text("SecretAccessKey")?);
    is_known.then(|| Credentials::new(key, secret, text("SessionToken"), until, "credential_process"))
}

fn failed(how: &str) -> CredentialsError {
    CredentialsError::provider_error(format!("the program of credential_process {how}"))
}

/// Where one of these stands beside it, AWS's programs look there first, or take it for a part of something else.
const BEFORE_IT: [&str; 7] = [
    "role_arn",
    "credential_source",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "sso_account_id",
    "login_session",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_program_prints_are_credentials_as_aws_describes_them() {
        let mut told = json!({
            "Version": 1, "AccessKeyId": "AKIAMADEUP", "SecretAccessKey": "made-up", "SessionToken": "made-up-too",
            "Expiration": "2100-01-01T01:00:00+01:00",
        });
        let credentials = credentials_in(&told).unwrap();
        assert_eq!(
            (credentials.access_key_id(), credentials.session_token()),
            ("AKIAMADEUP", Some("made-up-too"))
        );
        let until = credentials.expiry().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(until.as_secs(), 4_102_444_800);
        told["Expiration"] = "tomorrow".into();
        assert!(credentials_in(&told).is_none());
        assert!(
            credentials_in(&json!({ "Version": 2, "AccessKeyId": "a", "SecretAccessKey": "b" })).is_none()
        );
        assert!(credentials_in(&Value::Null).is_none());
    }
}
