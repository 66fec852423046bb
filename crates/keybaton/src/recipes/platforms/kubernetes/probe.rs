//! How a pod is asked whether it has the ring of now.

use serde_json::{Value, json};

use super::OF_PROJECT;
use super::container::Container;
use crate::recipes::Facts;

/// What its readiness probe asks.
#[derive(Debug)]
pub(super) struct Probe {
    path: String,
    /// One that ALLOWED_HOSTS lets in; none where it lets all in.
    host: Option<String>,
}

impl Probe {
    /// Nothing where the project has no such view, or where nobody knows as which host to ask.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        let said = |name| Some(facts.answers.get(name)).filter(|value| *value != OF_PROJECT);
        let path =
            said("ready").map(str::to_owned).or_else(|| facts.django.reports.then(|| view(facts))?)?;
        let host = match said("host") {
            Some(host) => Some(host.to_owned()),
            None => allowed(&settings(facts)?)?,
        };
        Some(Self { path, host })
    }

    /// The probe as it is joined to that of a container; nothing where it has no port.
    pub(super) fn joined(&self, container: &Container, is_alone: bool) -> Option<Value> {
        let port = container.port().or_else(|| is_alone.then(|| json!(8000)))?;
        let there = container.probe();
        let mut get = json!({"path": self.path});
        if there.is_null() {
            get["port"] = port;
        }
        if there["httpHeaders"].is_null() {
            let host = self.host.iter().map(|host| json!({"name": "Host", "value": host}));
            let secure = json!({"name": "X-Forwarded-Proto", "value": "https"});
            get["httpHeaders"] = host.chain([secure]).collect();
        }
        let mut probe = json!({"httpGet": get});
        for other in container.other_probes() {
            probe[other] = Value::Null;
        }
        Some(probe)
    }
}

/// The path of `path("ready/", readiness)` in the project's own urls.py.
fn view(facts: &Facts) -> Option<String> {
    let text = text_of(facts, &format!("{}.urls", facts.django.package))?;
    if !text.contains("keybaton.django") {
        return None;
    }
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut calls = lines.filter_map(|line| {
        let (_, call) = line.split_once("path(")?;
        let (path, view) = call.split_once(',')?;
        let path = path.trim().trim_matches(['"', '\'']);
        let view = view.trim_start().split([',', ')']).next()?.trim();
        let is_ours = view == "readiness" || view.ends_with(".readiness");
        (is_ours && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c)))
            .then(|| format!("/{path}"))
    });
    calls.next()
}

/// The first host of ALLOWED_HOSTS as it stands in the settings; nothing where it does not stand there, `Some(None)` for `*`.
#[expect(clippy::option_option, reason = "unknown, every host, and one host are three things")]
fn allowed(settings: &str) -> Option<Option<String>> {
    let (_, list) = settings.rsplit_once("\nALLOWED_HOSTS = [")?;
    let first = list.split_once(']')?.0.split(',').next()?.trim().trim_matches(['"', '\'']);
    let name = first.trim_start_matches('.');
    let is_host = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    match first {
        "*" => Some(None),
        _ => is_host.then(|| Some(name.to_owned())),
    }
}

fn settings(facts: &Facts) -> Option<String> {
    text_of(facts, &facts.django.settings)
}

/// The source of a module.
fn text_of(facts: &Facts, module: &str) -> Option<String> {
    let path = format!("{}.py", module.replace('.', "/"));
    let bases = [facts.django.folder.clone(), facts.django.folder.join("src")];
    bases.iter().find_map(|base| facts.django.text(base.join(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_one_that_the_settings_let_in() {
        let host = |list: &str| allowed(&format!("DEBUG = False\nALLOWED_HOSTS = {list}\n"));
        assert_eq!(host("[\"shop.example\", \"b\"]"), Some(Some("shop.example".to_owned())));
        assert_eq!(host("['.shop.example']"), Some(Some("shop.example".to_owned())));
        assert_eq!(host("[\"*\"]"), Some(None));
        assert_eq!(host("[]"), None);
        assert_eq!(host("[os.environ[\"HOST\"]]"), None);
        assert_eq!(host("env.list(\"HOSTS\")"), None);
    }
}
