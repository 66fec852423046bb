//! Who we are to AWS: what its own programs find in the environment, in profiles, or from the machine we run on.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use reqwest::Client;
use reqwest::header::{HeaderName, HeaderValue};
use tokio::time::timeout;

use super::{Service, endpoint, process, sign_in};
use crate::remote::client::innermost;
use crate::remote::line::{Carry, Trouble, When};
use crate::remote::{Answer, Call};

/// Signs each call and takes it to the service's address.
pub(crate) struct Signer {
    client: Client,
    service: &'static Service,
    place: Place,
    signed_in: Mutex<Option<SignedIn>>,
}

/// What the URL and the environment say of the service's place; the rest stands in profiles.
pub(crate) struct Place {
    pub(crate) region: Option<String>,
    pub(crate) profile: Option<String>,
}

#[derive(Clone)]
struct SignedIn {
    credentials: Credentials,
    region: String,
    endpoint: String,
}

impl Signer {
    pub(crate) fn new(client: Client, service: &'static Service, place: Place) -> Self {
        Self { client, service, place, signed_in: Mutex::default() }
    }

    /// With the first call, and again shortly before what was given runs out.
    async fn signed_in(&self) -> Result<SignedIn, Trouble> {
        let known = self.signed_in.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(SignedIn::lasts) {
            return Ok(known);
        }
        let new = timeout(PATIENCE, self.sign_in()).await.map_err(|_| too_slow())??;
        *self.signed_in.lock().unwrap_or_else(PoisonError::into_inner) = Some(new.clone());
        Ok(new)
    }

    async fn sign_in(&self) -> Result<SignedIn, Trouble> {
        SignedIn::of(&self.configuration().await, self.service).await
    }

    async fn configuration(&self) -> SdkConfig {
        let client = sign_in::over(self.client.clone());
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
        if let Some(region) = &self.place.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &self.place.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(program) = process::of_profile(self.place.profile.as_deref()).await {
            loader = loader.credentials_provider(program);
        }
        loader.load().await
    }
}

impl SignedIn {
    async fn of(config: &SdkConfig, service: &Service) -> Result<Self, Trouble> {
        let Some(region) = config.region() else {
            let when = When::Nowhere("write ?region=… in the URL, or set AWS_REGION");
            return Err(Trouble { when, why: "no region is named".to_owned() });
        };
        if !is_region(region.as_ref()) {
            let when = When::Nowhere("mend it in ~/.aws/config, or write ?region=… in the URL");
            return Err(Trouble { when, why: "the profile names a region that there is not".to_owned() });
        }
        let endpoint = endpoint::of(config, service, region.as_ref())?;
        let Some(provider) = config.credentials_provider() else {
            return Err(not_signed_in("there are no credentials"));
        };
        let credentials = provider.provide_credentials().await.map_err(|error| no_credentials(&error))?;
        Ok(Self { credentials, region: region.to_string(), endpoint })
    }

    fn lasts(&self) -> bool {
        self.credentials.expiry().is_none_or(|end| end > SystemTime::now() + Duration::from_secs(60))
    }
}

fn no_credentials(error: &CredentialsError) -> Trouble {
    let why = one_line(&innermost(error));
    // Below it stood each provider that has nothing to say.
    let trouble = not_signed_in(why.strip_suffix(". Attempted:").unwrap_or(&why));
    let when = if sign_in::is_out_of_reach(error) { When::Connecting } else { trouble.when };
    Trouble { when, ..trouble }
}

/// Nothing was sent, so nothing is in doubt.
fn too_slow() -> Trouble {
    let limit = PATIENCE.as_secs();
    not_signed_in(&format!(
        "no credentials came in {limit} s: does a program that a profile names wait for an answer?"
    ))
}

/// As much of what others say as fits into a line of ours.
pub(super) fn one_line(words: &str) -> String {
    let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|char| !char.is_control()).take(200).collect()
}

fn not_signed_in(why: &str) -> Trouble {
    Trouble { when: When::SigningIn, why: why.to_owned() }
}

/// A region becomes a part of the host that credentials are sent to.
pub(super) fn is_region(region: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&region.len()) && region.bytes().all(is_part)
}

impl Carry for Signer {
    /// Signed anew at each attempt: a signature is good for five minutes around its time.
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble> {
        let signed_in = self.signed_in().await?;
        let signed = self.signed(call, &signed_in)?;
        self.client.carry(&signed).await.map_err(|trouble| trouble_at(&signed_in.endpoint, trouble))
    }
}

/// Which of the service's addresses it was is half of the reason: somebody may have named a wrong one.
fn trouble_at(endpoint: &str, trouble: Trouble) -> Trouble {
    let host = endpoint::host(endpoint).unwrap_or_default();
    Trouble { why: format!("{}, at {host}", trouble.why), ..trouble }
}

impl Signer {
    fn signed(&self, call: &Call, signed_in: &SignedIn) -> Result<Call, Trouble> {
        let broken = |why: String| not_signed_in(&why);
        let identity: Identity = signed_in.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&signed_in.region)
            .name(self.service.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| broken(error.to_string()))?
            .into();
        let url = format!("{}{}", signed_in.endpoint, call.url);
        let headers =
            call.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let body = call.body.as_ref().map_or(&[][..], |body| body.as_slice());
        let request = SignableRequest::new(call.method.as_str(), &url, headers, SignableBody::Bytes(body))
            .map_err(|error| broken(innermost(&error)))?;
        let (instructions, _) =
            sign(request, &parameters).map_err(|error| broken(innermost(&error)))?.into_parts();
        let mut signed = Call { url, ..call.duplicate() };
        for (name, value) in instructions.headers() {
            let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
            let Some((name, mut value)) = header else { continue };
            value.set_sensitive(true);
            signed.headers.insert(name, value);
        }
        Ok(signed)
    }
}

/// What one waits for credentials: less than for a whole read or write, so that it is told which of the two took so long.
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_no_way_to_another_host() {
        assert!(is_region("us-gov-west-1"));
        for region in ["", "evil.example/", "a@evil.example", "EU-WEST-1", "eu west"] {
            assert!(!is_region(region), "{region}");
        }
    }
}
