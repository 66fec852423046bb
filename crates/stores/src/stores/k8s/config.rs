//! Which cluster, and who we are to it: what kubectl takes from its kubeconfig, or what a pod was given.

use std::env::split_paths;
use std::path::{Path, PathBuf};

use http::Uri;
use kube_client::Config;
use kube_client::config::{AuthInfo, KubeConfigOptions, Kubeconfig, KubeconfigError, LoadDataError};

use super::place::Place;
use super::proxy;
use crate::remote::runtime::wait;
use crate::{Environment, StoreError, StoreErrorKind};

/// As kubectl finds it: a kubeconfig where there is one, else the service account of the pod we run in.
pub(super) fn find(place: &Place, environment: &Environment) -> Result<Config, StoreError> {
    let files: Vec<_> = files(environment).into_iter().filter(|file| file.exists()).collect();
    if files.is_empty() {
        return of_pod(place, environment);
    }
    let kubeconfig = merged(&files, place)?;
    let cluster_proxy = proxy_of(&kubeconfig, place).map(str::to_owned);
    let options = KubeConfigOptions { context: place.context.clone(), ..KubeConfigOptions::default() };
    let contexts: Vec<_> = kubeconfig.contexts.iter().map(|context| context.name.clone()).collect();
    let config = wait(Config::from_custom_kubeconfig(kubeconfig, &options))?;
    let mut config = config.map_err(|error| unusable(&error, &contexts, place))?;
    config.proxy_url = proxy::of(cluster_proxy.as_deref(), &config.cluster_url, environment);
    Ok(config)
}

fn files(environment: &Environment) -> Vec<PathBuf> {
    let named = environment("KUBECONFIG").unwrap_or_default();
    let named: Vec<_> = split_paths(&named).filter(|path| !path.as_os_str().is_empty()).collect();
    if !named.is_empty() {
        return named;
    }
    environment("HOME").map(|home| Path::new(&home).join(".kube/config")).into_iter().collect()
}

/// Of several files the first one that says something counts.
fn merged(files: &[PathBuf], place: &Place) -> Result<Kubeconfig, StoreError> {
    let mut merged = Kubeconfig::default();
    for file in files {
        let read = Kubeconfig::read_from(file).and_then(|next| merged.clone().merge(next));
        merged = read.map_err(|error| {
            let file = file.display();
            let sentence = match error {
                KubeconfigError::ReadConfig(error, _) => format!("cannot read {file}: {error}"),
                // Its own words would quote the file, tokens and all.
                KubeconfigError::Parse(error) => match error.location() {
                    Some(location) => format!("{file} is no kubeconfig (see line {})", location.line()),
                    None => format!("{file} is no kubeconfig"),
                },
                _ => format!("{file} does not go together with the other kubeconfigs"),
            };
            malformed(place, &sentence).hint("`kubectl config view` shows what kubectl makes of it")
        })?;
    }
    Ok(merged)
}

fn proxy_of<'a>(kubeconfig: &'a Kubeconfig, place: &Place) -> Option<&'a str> {
    let context = place.context.as_ref().or(kubeconfig.current_context.as_ref())?;
    let context = kubeconfig.contexts.iter().find(|named| named.name == *context)?.context.as_ref()?;
    let cluster = kubeconfig.clusters.iter().find(|named| named.name == context.cluster)?;
    cluster.cluster.as_ref()?.proxy_url.as_deref()
}

/// The API server of the pod we run in, and the service account that the pod has.
fn of_pod(place: &Place, environment: &Environment) -> Result<Config, StoreError> {
    let text = |name| environment(name).and_then(|value| value.into_string().ok());
    let (Some(host), None) = (text("KUBERNETES_SERVICE_HOST"), &place.context) else {
        let sentence = format!("{}: there is no kubeconfig here, and this is no pod", place.store);
        return Err(StoreError::new(StoreErrorKind::SignInNeeded, sentence)
            .hint("name the file in KUBECONFIG, or write ~/.kube/config, as for kubectl"));
    };
    let port = text("KUBERNETES_SERVICE_PORT").unwrap_or_else(|| "443".to_owned());
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let url: Uri = format!("https://{host}:{port}").parse().map_err(|_| {
        malformed(place, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address of a server")
            .hint("the kubelet sets them for each pod: leave them as they were")
    })?;
    let mut config = Config::new(url);
    config.root_cert_file = Some(Path::new(SERVICE_ACCOUNT).join("ca.crt"));
    config.auth_info =
        AuthInfo { token_file: Some(format!("{SERVICE_ACCOUNT}/token")), ..AuthInfo::default() };
    config.proxy_url = proxy::of(None, &config.cluster_url, environment);
    Ok(config)
}

/// Says what is wrong without quoting the file, which may hold credentials.
fn unusable(error: &KubeconfigError, contexts: &[String], place: &Place) -> StoreError {
    let known = format!("it has {}; or make one as for kubectl", contexts.join(", "));
    match error {
        KubeconfigError::CurrentContextNotSet => malformed(place, "your kubeconfig names no current context")
            .hint(format!("kubectl config use-context NAME; {known}")),
        KubeconfigError::LoadContext(name) => {
            malformed(place, &format!("your kubeconfig has no context {name}")).hint(known)
        }
        KubeconfigError::LoadClusterOfContext(name) => {
            malformed(place, &format!("your kubeconfig has no cluster {name}, which its context names"))
                .hint(SHOW)
        }
        KubeconfigError::LoadCertificateAuthority(LoadDataError::ReadFile(error, path)) => {
            malformed(place, &format!("cannot read {}: {error}", path.display())).hint(SHOW)
        }
        KubeconfigError::ParseProxyUrl(_) | KubeconfigError::ParseNoProxy(_) => {
            malformed(place, "HTTPS_PROXY or NO_PROXY cannot be used as it is").hint(
                "NO_PROXY has hosts and networks with one comma between two of them, and none at its end",
            )
        }
        _ => malformed(place, "your kubeconfig cannot be used as it is").hint(SHOW),
    }
}

fn malformed(place: &Place, what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Malformed, format!("{}: {what}", place.store))
}

const SHOW: &str = "`kubectl config view` shows it without its secrets";

/// Where the kubelet puts the identity of a pod.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
