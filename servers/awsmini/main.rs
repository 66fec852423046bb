//! The `fakecloud` stand-ins for Secrets Manager, Parameter Store, IAM, STS and KMS at one port, behind TLS.
//!
//!     awsmini 127.0.0.1:4566 certificate.pem key.pem
//!
//! Signatures are verified, and the rights to IAM, STS and KMS enforced, except for access keys that begin with `test`:
//! whoever starts it makes the users with such a key.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Extension, Router};
use axum_server::tls_rustls::RustlsConfig;
use fakecloud_core::auth::IamMode;
use fakecloud_core::delivery::KmsHook;
use fakecloud_core::dispatch::{self, DispatchConfig};
use fakecloud_core::multi_account::MultiAccountState;
use fakecloud_core::registry::ServiceRegistry;
use fakecloud_iam::credential_resolver::IamCredentialResolver;
use fakecloud_iam::iam_service::IamService;
use fakecloud_iam::policy_evaluator::IamPolicyEvaluatorImpl;
use fakecloud_iam::sts_service::StsService;
use fakecloud_kms::KmsService;
use fakecloud_kms::hook::{KmsServiceHook, SharedKmsUsageState};
use fakecloud_secretsmanager::SecretsManagerService;
use fakecloud_ssm::SsmService;
use parking_lot::RwLock;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let [address, certificate, key] = &words[..] else {
        return Err("wanted: an address, a certificate and its key".into());
    };
    let tls = RustlsConfig::from_pem_file(certificate, key).await?;
    let service = cloud(address).into_make_service_with_connect_info::<SocketAddr>();
    axum_server::bind_rustls(address.parse::<SocketAddr>()?, tls).serve(service).await?;
    Ok(())
}

fn cloud(address: &str) -> Router {
    let url = format!("https://{address}");
    // A macro, as each service has another type of state.
    macro_rules! state {
        () => {
            Arc::new(RwLock::new(MultiAccountState::new(ACCOUNT, REGION, &url)))
        };
    }
    let (iam, parameters, secrets, kms) = (state!(), state!(), state!(), state!());
    let usage: SharedKmsUsageState = Arc::default();
    let encrypt: Arc<dyn KmsHook> = Arc::new(KmsServiceHook::new(kms.clone(), usage));
    let mut services = ServiceRegistry::new();
    services.register(Arc::new(IamService::new(iam.clone())));
    services.register(Arc::new(StsService::new(iam.clone())));
    services.register(Arc::new(KmsService::new(kms)));
    services.register(Arc::new(SecretsManagerService::new(secrets.clone()).with_kms_hook(encrypt.clone())));
    services
        .register(Arc::new(SsmService::new(parameters).with_secretsmanager(secrets).with_kms_hook(encrypt)));
    let mut dispatch = DispatchConfig::new(REGION, ACCOUNT);
    dispatch.verify_sigv4 = true;
    dispatch.iam_mode = IamMode::Strict;
    dispatch.credential_resolver = Some(IamCredentialResolver::shared(iam.clone()));
    dispatch.policy_evaluator = Some(IamPolicyEvaluatorImpl::shared(iam));
    Router::new()
        .fallback(dispatch::dispatch)
        .layer(Extension(Arc::new(services)))
        .layer(Extension(Arc::new(dispatch)))
}

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
