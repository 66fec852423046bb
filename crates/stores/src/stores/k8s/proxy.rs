//! Whether the way to a cluster leads through a proxy.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::Environment;
use crate::remote::here::is_in_clear_to_here;

/// What the kubeconfig says for the cluster, else `HTTPS_PROXY`, unless `NO_PROXY` names the cluster's host or `kubectl proxy`
/// is it, on this machine.
pub(super) fn of(for_cluster: Option<&str>, cluster: &Uri, environment: &Environment) -> Option<Uri> {
    if let Some(proxy) = for_cluster.filter(|proxy| !proxy.is_empty()) {
        return parsed(proxy);
    }
    if is_in_clear_to_here(&cluster.to_string()) {
        return None;
    }
    let either = |names: [&str; 2]| {
        let values = names.into_iter().filter_map(|name| environment(name)?.into_string().ok());
        values.into_iter().find(|value| !value.is_empty())
    };
    let proxy = either(["HTTPS_PROXY", "https_proxy"])?;
    let exempt = either(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    Matcher::builder().all(proxy.as_str()).no(exempt).build().intercept(cluster)?;
    parsed(&proxy)
}

fn parsed(proxy: &str) -> Option<Uri> {
    if proxy.contains("://") { proxy.parse().ok() } else { format!("http://{proxy}").parse().ok() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;

    fn found(for_cluster: Option<&str>, variables: &[(&str, &str)]) -> Option<String> {
        found_for("https://10.1.2.3:6443/", for_cluster, variables)
    }

    fn found_for(
        cluster: &'static str,
        for_cluster: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Option<String> {
        let variables: BTreeMap<_, _> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let environment: Environment = Arc::new(move |name| variables.get(name).cloned());
        let cluster = Uri::from_static(cluster);
        of(for_cluster, &cluster, &environment).map(|uri| uri.to_string())
    }

    #[test]
    fn the_kubeconfig_comes_first_and_the_environment_exempts_the_cluster() {
        let outer = ("HTTPS_PROXY", "http://proxy.example:3128");
        assert_eq!(found(None, &[]), None);
        assert_eq!(found(None, &[outer]).as_deref(), Some("http://proxy.example:3128/"));
        assert_eq!(
            found(None, &[("https_proxy", "proxy.example:1")]).as_deref(),
            Some("http://proxy.example:1/")
        );
        // It is the cluster that has to be named, not the proxy.
        assert_eq!(found(None, &[outer, ("NO_PROXY", "10.0.0.0/8")]), None);
        assert!(found(None, &[outer, ("NO_PROXY", "proxy.example,localhost")]).is_some());
        let own = found(Some("socks5://own.example:1080"), &[outer, ("NO_PROXY", "10.1.2.3")]);
        assert_eq!(own.as_deref(), Some("socks5://own.example:1080/"));
        let by_kubectl = |for_cluster| found_for("http://127.0.0.1:8001/", for_cluster, &[outer]);
        assert_eq!(by_kubectl(None), None);
        assert!(by_kubectl(Some("http://own.example:1080")).is_some());
        assert!(found_for("https://127.0.0.1:6443/", None, &[outer]).is_some());
    }
}
