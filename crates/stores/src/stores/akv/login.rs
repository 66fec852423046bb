//! Who we are to Azure: the places where its own programs look, in their order.

use std::env::split_paths;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::http::{ClientOptions, Transport};
use azure_core::time::OffsetDateTime;
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use keybaton_core::SecretText;
use reqwest::Client;
use reqwest::header::HeaderValue;
use tokio::time::timeout;

use crate::remote::line::Trouble;
use crate::{Environment, StoreError};

use super::network::{Network, Programs};
use super::place::Place;

mod refusal;

use refusal::{nobody, signing_in, trouble};

pub(super) struct Login {
    environment: Environment,
    network: Arc<Network>,
    scope: String,
    authority: String,
    held: Mutex<Option<Held>>,
}

/// A token, and until when it is good.
struct Held {
    bearer: HeaderValue,
    until: OffsetDateTime,
}

/// A place where credentials can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Environment,
    WorkloadIdentity,
    ManagedIdentity,
    Cli,
    DeveloperCli,
}

type Credential = Arc<dyn TokenCredential>;

impl Login {
    pub(super) fn new(place: &Place, environment: &Environment, client: Client) -> Result<Self, StoreError> {
        let variable = |name: &str| variable(environment, name);
        let network = Network::new(client, variable("AZURE_POD_IDENTITY_AUTHORITY_HOST"))?;
        let authority = variable("AZURE_AUTHORITY_HOST").map(|host| match host.contains("://") {
            true => host,
            false => format!("https://{host}"),
        });
        Ok(Self {
            environment: environment.clone(),
            network: Arc::new(network),
            scope: place.scope(),
            authority: authority.unwrap_or_else(|| place.authority().to_owned()),
            held: Mutex::default(),
        })
    }

    /// What proves who we are. The first call fetches it.
    pub(super) async fn bearer(&self) -> Result<HeaderValue, Trouble> {
        if let Some(bearer) = self.held() {
            return Ok(bearer);
        }
        let token =
            timeout(PATIENCE, self.token()).await.map_err(|_| signing_in("no token came in time"))??;
        let text = SecretText::new(format!("Bearer {}", token.token.secret()));
        let mut bearer =
            HeaderValue::from_str(text.expose()).map_err(|_| signing_in("the token is no token"))?;
        bearer.set_sensitive(true);
        let held = Held { bearer: bearer.clone(), until: token.expires_on };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(bearer)
    }

    /// The token was turned away.
    pub(super) fn forget(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn held(&self) -> Option<HeaderValue> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_ref().filter(|held| held.until > OffsetDateTime::now_utc() + MARGIN)?;
        Some(held.bearer.clone())
    }

    /// The first place that has credentials decides. Only who is not logged in with one program may be with another.
    async fn token(&self) -> Result<AccessToken, Trouble> {
        let mut why_not = None;
        for link in CHAIN.into_iter().filter(|link| self.may(*link)) {
            let Some(credential) = self.credential(link).await? else { continue };
            match credential.get_token(&[&self.scope], None).await {
                Ok(token) => return Ok(token),
                Err(error) => {
                    let trouble = trouble(link, &error, self.network.trouble());
                    if !link.is_program() {
                        return Err(trouble);
                    }
                    why_not.get_or_insert(trouble);
                }
            }
        }
        Err(why_not.unwrap_or_else(nobody))
    }

    /// AZURE_TOKEN_CREDENTIALS leaves out links, for all of Azure's programs.
    fn may(&self, link: Link) -> bool {
        match self.variable("AZURE_TOKEN_CREDENTIALS") {
            None => true,
            Some(only) if only.eq_ignore_ascii_case("prod") => !link.is_program(),
            Some(only) if only.eq_ignore_ascii_case("dev") => link.is_program(),
            Some(only) => only.eq_ignore_ascii_case(link.name()),
        }
    }

    /// The credentials of a link; `None` where there are none.
    async fn credential(&self, link: Link) -> Result<Option<Credential>, Trouble> {
        match link {
            Link::Environment => self.of_environment(),
            Link::WorkloadIdentity => self.of_workload(),
            Link::ManagedIdentity => Ok(self.of_machine().await),
            Link::Cli | Link::DeveloperCli => self.of_program(link),
        }
    }

    fn of_environment(&self) -> Result<Option<Credential>, Trouble> {
        let (Some((tenant, client)), Some(secret)) =
            (self.application(), self.variable("AZURE_CLIENT_SECRET"))
        else {
            return Ok(None);
        };
        let options = ClientSecretCredentialOptions { client_options: self.options() };
        found(Link::Environment, ClientSecretCredential::new(&tenant, client, secret.into(), Some(options)))
    }

    fn of_workload(&self) -> Result<Option<Credential>, Trouble> {
        let (Some((tenant, client)), Some(file)) =
            (self.application(), self.variable("AZURE_FEDERATED_TOKEN_FILE"))
        else {
            return Ok(None);
        };
        let options = WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions { client_options: self.options() },
            client_id: Some(client),
            tenant_id: Some(tenant),
            token_file_path: Some(PathBuf::from(file)),
        };
        found(Link::WorkloadIdentity, WorkloadIdentityCredential::new(Some(options)))
    }

    /// The identity of App Service's containers, of Azure's machines, or none: of other kinds the crate knows nothing.
    async fn of_machine(&self) -> Option<Credential> {
        if self.variable("IDENTITY_ENDPOINT").is_none() && !self.network.has_metadata().await {
            return None;
        }
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: self.variable("AZURE_CLIENT_ID").map(UserAssignedId::ClientId),
            client_options: self.options(),
        };
        let credential: Credential = ManagedIdentityCredential::new(Some(options)).ok()?;
        Some(credential)
    }

    fn of_program(&self, link: Link) -> Result<Option<Credential>, Trouble> {
        if !self.has_program(if link == Link::Cli { "az" } else { "azd" }) {
            return Ok(None);
        }
        let executor: Option<Arc<dyn azure_identity::Executor>> = Some(Arc::new(Programs));
        if link == Link::Cli {
            let options = AzureCliCredentialOptions { executor, ..Default::default() };
            return found(link, AzureCliCredential::new(Some(options)));
        }
        let options = AzureDeveloperCliCredentialOptions { executor, ..Default::default() };
        found(link, AzureDeveloperCliCredential::new(Some(options)))
    }

    fn has_program(&self, name: &str) -> bool {
        let Some(path) = (self.environment)("PATH") else { return false };
        let names = if cfg!(windows) {
            vec![format!("{name}.cmd"), format!("{name}.exe")]
        } else {
            vec![name.to_owned()]
        };
        split_paths(&path).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
    }

    fn application(&self) -> Option<(String, String)> {
        self.variable("AZURE_TENANT_ID").zip(self.variable("AZURE_CLIENT_ID"))
    }

    fn options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host.clone_from(&self.authority);
        let transport = Transport::new(Arc::<Network>::clone(&self.network));
        ClientOptions {
            transport: Some(transport),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            ..Default::default()
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        variable(&self.environment, name)
    }
}

impl Link {
    fn is_program(self) -> bool {
        matches!(self, Self::Cli | Self::DeveloperCli)
    }

    /// As Azure's own programs name it.
    fn name(self) -> &'static str {
        match self {
            Self::Environment => "EnvironmentCredential",
            Self::WorkloadIdentity => "WorkloadIdentityCredential",
            Self::ManagedIdentity => "ManagedIdentityCredential",
            Self::Cli => "AzureCliCredential",
            Self::DeveloperCli => "AzureDeveloperCliCredential",
        }
    }
}

fn found<C: TokenCredential + 'static>(
    link: Link,
    made: azure_core::Result<Arc<C>>,
) -> Result<Option<Credential>, Trouble> {
    match made {
        Ok(credential) => Ok(Some(credential)),
        Err(error) => Err(trouble(link, &error, None)),
    }
}

fn variable(environment: &Environment, name: &str) -> Option<String> {
    environment(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// Each that is not there is passed over.
const CHAIN: [Link; 5] =
    [Link::Environment, Link::WorkloadIdentity, Link::ManagedIdentity, Link::Cli, Link::DeveloperCli];

/// How a user signs in.
pub(super) const SIGN_IN: &str =
    "az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET to those of an application";

/// What one waits for a token: `az` alone can take several seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// A token that is about to run out is none.
const MARGIN: Duration = Duration::from_secs(60);
