//! The places where Azure's own programs look for credentials, in their order. Azure's crate has each of them and no chain.

use std::env::split_paths;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredential, ClientAssertionCredentialOptions,
    ClientSecretCredential, ClientSecretCredentialOptions, Executor, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use reqwest::Client;

use crate::remote::line::Trouble;
use crate::remote::variable::variable;
use crate::stores::akv::network::{Network, Programs};
use crate::stores::akv::place::Place;
use crate::{Environment, StoreError, StoreErrorKind};

use super::certificate::Certificate;
use super::refusal::{signing_in, trouble};

pub(super) struct Sources {
    environment: Environment,
    network: Arc<Network>,
    /// Who gives tokens.
    authority: String,
}

/// A place where credentials can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Environment,
    WorkloadIdentity,
    ManagedIdentity,
    Cli,
    DeveloperCli,
}

/// Each that is not there is passed over.
pub(super) const CHAIN: [Link; 5] =
    [Link::Environment, Link::WorkloadIdentity, Link::ManagedIdentity, Link::Cli, Link::DeveloperCli];

type Credential = Arc<dyn TokenCredential>;

impl Sources {
    pub(super) fn new(place: &Place, environment: &Environment, client: Client) -> Result<Self, StoreError> {
        let network = Network::new(client, variable(environment, &["AZURE_POD_IDENTITY_AUTHORITY_HOST"])?)?;
        let authority = match variable(environment, &["AZURE_AUTHORITY_HOST"])? {
            Some(host) => authority(host)?,
            None => place.authority().to_owned(),
        };
        Ok(Self { environment: environment.clone(), network: Arc::new(network), authority })
    }

    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    /// AZURE_TOKEN_CREDENTIALS leaves out links, for all of Azure's programs.
    pub(super) fn may(&self, link: Link) -> Result<bool, Trouble> {
        Ok(match self.variable("AZURE_TOKEN_CREDENTIALS")? {
            None => true,
            Some(only) if only.eq_ignore_ascii_case("prod") => !link.is_program(),
            Some(only) if only.eq_ignore_ascii_case("dev") => link.is_program(),
            Some(only) => only.eq_ignore_ascii_case(link.name()),
        })
    }

    /// The credentials of a link; `None` where there are none.
    pub(super) async fn credential(&self, link: Link) -> Result<Option<Credential>, Trouble> {
        match link {
            Link::Environment => self.of_environment(),
            Link::WorkloadIdentity => self.of_workload(),
            Link::ManagedIdentity => self.of_machine().await,
            Link::Cli | Link::DeveloperCli => self.of_program(link),
        }
    }

    fn of_environment(&self) -> Result<Option<Credential>, Trouble> {
        let Some((tenant, client)) = self.application()? else { return Ok(None) };
        if let Some(secret) = self.variable("AZURE_CLIENT_SECRET")? {
            let options = Some(ClientSecretCredentialOptions { client_options: self.options() });
            let made = ClientSecretCredential::new(&tenant, client, secret.into(), options);
            return found(Link::Environment, made);
        }
        let Some(file) = self.variable("AZURE_CLIENT_CERTIFICATE_PATH")? else { return Ok(None) };
        let audience = format!("{}/{tenant}/oauth2/v2.0/token", self.authority.trim_end_matches('/'));
        let certificate = Certificate::of(Path::new(&file), client.clone(), audience)?;
        let options = Some(ClientAssertionCredentialOptions { client_options: self.options() });
        found(Link::Environment, ClientAssertionCredential::new(tenant, client, certificate, options))
    }

    fn of_workload(&self) -> Result<Option<Credential>, Trouble> {
        let file = self.variable("AZURE_FEDERATED_TOKEN_FILE")?;
        let (Some((tenant, client)), Some(file)) = (self.application()?, file) else { return Ok(None) };
        let options = WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions { client_options: self.options() },
            client_id: Some(client),
            tenant_id: Some(tenant),
            token_file_path: Some(PathBuf::from(file)),
        };
        found(Link::WorkloadIdentity, WorkloadIdentityCredential::new(Some(options)))
    }

    /// The identity of App Service's containers, of Azure's machines, or none: of other kinds the crate knows nothing.
    async fn of_machine(&self) -> Result<Option<Credential>, Trouble> {
        if self.variable("IDENTITY_ENDPOINT")?.is_none() && !self.network.has_metadata().await {
            return Ok(None);
        }
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: self.variable("AZURE_CLIENT_ID")?.map(UserAssignedId::ClientId),
            client_options: self.options(),
        };
        Ok(ManagedIdentityCredential::new(Some(options)).ok().map(|credential| credential as Credential))
    }

    fn of_program(&self, link: Link) -> Result<Option<Credential>, Trouble> {
        if !self.has_program(if link == Link::Cli { "az" } else { "azd" }) {
            return Ok(None);
        }
        let executor: Option<Arc<dyn Executor>> = Some(Arc::new(Programs));
        if link == Link::Cli {
            let options = AzureCliCredentialOptions { executor, ..Default::default() };
            return found(link, AzureCliCredential::new(Some(options)));
        }
        let options = AzureDeveloperCliCredentialOptions { executor, ..Default::default() };
        found(link, AzureDeveloperCliCredential::new(Some(options)))
    }

    fn has_program(&self, name: &str) -> bool {
        let endings: &[&str] = if cfg!(windows) { &[".cmd", ".exe"] } else { &[""] };
        let is_in =
            |folder: PathBuf| endings.iter().any(|ending| folder.join(format!("{name}{ending}")).is_file());
        (self.environment)("PATH").is_some_and(|path| split_paths(&path).any(is_in))
    }

    fn application(&self) -> Result<Option<(String, String)>, Trouble> {
        Ok(self.variable("AZURE_TENANT_ID")?.zip(self.variable("AZURE_CLIENT_ID")?))
    }

    fn options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host.clone_from(&self.authority);
        let network = Arc::<Network>::clone(&self.network);
        ClientOptions {
            transport: Some(Transport::new(network)),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            ..Default::default()
        }
    }

    fn variable(&self, name: &str) -> Result<Option<String>, Trouble> {
        variable(&self.environment, &[name]).map_err(|error| signing_in(error.sentence))
    }
}

impl Link {
    /// Whether it is somebody's choice, and not just there.
    pub(super) fn decides(self) -> bool {
        matches!(self, Self::Environment | Self::WorkloadIdentity)
    }

    pub(super) fn is_program(self) -> bool {
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

/// Secrets are sent there, and never in clear.
fn authority(host: String) -> Result<String, StoreError> {
    let host = if host.contains("://") { host } else { format!("https://{host}") };
    if host.starts_with("https://") {
        return Ok(host);
    }
    let sentence = "AZURE_AUTHORITY_HOST is no https address of a server";
    Err(StoreError::new(StoreErrorKind::Malformed, sentence)
        .hint("write for example login.microsoftonline.us"))
}
