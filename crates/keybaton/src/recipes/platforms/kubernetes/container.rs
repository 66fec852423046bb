//! A container of a pod, as a manifest has it.

use serde_json::Value;

/// One container.
#[derive(Clone, Debug)]
pub(super) struct Container {
    pub(super) name: String,
    /// Whether it runs before the others and ends.
    pub(super) is_first: bool,
    said: Value,
}

impl Container {
    /// Those of a pod's spec, with a name.
    pub(super) fn all_of(pod: &Value) -> Vec<Self> {
        let lists = [("containers", false), ("initContainers", true)];
        let each = lists.into_iter().flat_map(|(list, is_first)| {
            pod[list].as_array().into_iter().flatten().map(move |said| (said, is_first))
        });
        each.filter_map(|(said, is_first)| {
            let name = said["name"].as_str().filter(|name| super::is_name(name))?;
            Some(Self { name: name.to_owned(), is_first, said: said.clone() })
        })
        .collect()
    }

    /// One of which nothing is known but its name.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), is_first: false, said: Value::Null }
    }

    pub(super) fn image(&self) -> Option<&str> {
        self.said["image"].as_str()
    }

    pub(super) fn folder(&self) -> Option<&str> {
        self.said["workingDir"].as_str()
    }

    /// What it is started with in the place of the image's own words.
    pub(super) fn command(&self) -> Vec<String> {
        words(&self.said["command"])
    }

    /// Whether it is given words behind those.
    pub(super) fn has_arguments(&self) -> bool {
        !words(&self.said["args"]).is_empty()
    }

    /// Its first port: by name where it has one.
    pub(super) fn port(&self) -> Option<Value> {
        let port = self.said["ports"].get(0)?;
        let named = Some(&port["name"]).filter(|name| name.is_string());
        named.or(port.get("containerPort")).cloned()
    }

    /// Whether it runs this project, as far as one can see.
    pub(super) fn runs(&self, name: &str, package: &str) -> bool {
        let repository = self.image().and_then(|image| image.rsplit('/').next()).unwrap_or_default();
        let is_named = repository.split([':', '@']).next() == Some(name);
        let mut words = [self.command(), words(&self.said["args"])].concat().into_iter();
        let marks = ["manage.py", "celery", &format!("{package}.wsgi"), &format!("{package}.asgi")];
        let mut names = self.environment().filter_map(|entry| entry["name"].as_str());
        is_named
            || words.any(|word| marks.iter().any(|mark| word.contains(mark)))
            || names.any(|name| name.contains("SECRET_KEY") || name == "DJANGO_SETTINGS_MODULE")
    }

    /// The entries of `env`.
    pub(super) fn environment(&self) -> impl Iterator<Item = &Value> {
        self.said["env"].as_array().into_iter().flatten()
    }

    /// The entries of `envFrom`.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Value> {
        self.said["envFrom"].as_array().into_iter().flatten()
    }

    /// The entries of `volumeMounts`.
    pub(super) fn mounts(&self) -> impl Iterator<Item = &Value> {
        self.said["volumeMounts"].as_array().into_iter().flatten()
    }

    /// What its readiness probe asks by HTTP.
    pub(super) fn probe(&self) -> &Value {
        &self.said["readinessProbe"]["httpGet"]
    }

    /// How else its readiness is asked.
    pub(super) fn other_probes(&self) -> Vec<&str> {
        let probe = self.said["readinessProbe"].as_object().into_iter().flatten();
        probe.map(|(name, _)| name.as_str()).filter(|name| OTHER_PROBES.contains(name)).collect()
    }
}

fn words(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

const OTHER_PROBES: [&str; 3] = ["exec", "grpc", "tcpSocket"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_runs_the_project_is_told_from_what_runs_beside_it() {
        let runs = |said: Value| {
            let pod = json!({"containers": [said]});
            Container::all_of(&pod).iter().any(|container| container.runs("shop", "shop"))
        };
        assert!(runs(json!({"name": "web", "image": "ghcr.io/acme/shop:1.2"})));
        assert!(runs(json!({"name": "web", "image": "x", "args": ["gunicorn", "shop.wsgi"]})));
        assert!(runs(json!({"name": "w", "image": "x", "env": [{"name": "DJANGO_SECRET_KEY"}]})));
        assert!(!runs(json!({"name": "db", "image": "postgres:17"})));
        assert!(!runs(json!({"name": "proxy", "image": "acme/shop-proxy:1"})));
        assert!(!runs(json!({"name": "a\nb", "image": "shop"})));
    }
}
