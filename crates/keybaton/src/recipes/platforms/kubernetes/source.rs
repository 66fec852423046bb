//! Where the pods get their key from so far, as their manifest says.

use serde_json::Value;

use super::container::Container;
use super::is_name;
use super::site::{Site, Workload};
use crate::exit::Exit;
use crate::failure::Failure;

/// The Secret that pods get their key from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) secret: String,
    pub(super) entry: String,
    /// Whether the manifest names the entry; else the pods take all that is in the Secret.
    pub(super) is_named: bool,
}

impl Source {
    /// Refuses to guess where the pods take all of several Secrets, and `chosen` is none of them.
    pub(super) fn of(site: &Site, project: &str, chosen: Option<&str>) -> Result<Option<Self>, Failure> {
        let names = Names::of(project);
        let each = || {
            let workloads = site.workloads.iter();
            workloads
                .flat_map(|workload| workload.containers.iter().map(move |container| (workload, container)))
        };
        let found = each().find_map(|(workload, container)| names.named(workload, container));
        let is_literal = each().any(|(_, container)| names.variable(container).is_some());
        if found.is_some() || is_literal {
            return Ok(found);
        }
        let mut whole: Vec<String> =
            each().flat_map(|(workload, container)| whole(workload, container)).collect();
        whole.sort();
        whole.dedup();
        let one = match whole.as_slice() {
            [] => return Ok(None),
            [one] => one.as_str(),
            several => chosen
                .filter(|chosen| several.iter().any(|one| one == chosen))
                .ok_or_else(|| which(several))?,
        };
        Ok(Some(Self { secret: one.to_owned(), entry: KEY.to_owned(), is_named: false }))
    }

    /// Whether its key is where a ring has it, so that the ring begins with it.
    pub(super) fn may_hold_the_ring(&self) -> bool {
        self.entry == KEY
    }
}

/// The variable under which a manifest has the key itself.
pub(super) fn literal(site: &Site, project: &str) -> Option<String> {
    let names = Names::of(project);
    let each = site.workloads.iter().flat_map(|workload| &workload.containers);
    let mut variables = each.filter_map(|container| names.variable(container));
    let found = variables.find(|entry| entry["value"].as_str().is_some_and(|value| !value.is_empty()))?;
    found["name"].as_str().map(str::to_owned)
}

/// What a key of Django's is called.
struct Names([String; 3]);

impl Names {
    fn of(project: &str) -> Self {
        let own = format!("{}_{KEY}", as_variable(project));
        Self([KEY.to_owned(), format!("DJANGO_{KEY}"), own])
    }

    fn have(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }

    /// The entry of a container's environment that has the key.
    fn variable<'c>(&self, container: &'c Container) -> Option<&'c Value> {
        container.environment().find(|entry| entry["name"].as_str().is_some_and(|name| self.have(name)))
    }

    fn named(&self, workload: &Workload, container: &Container) -> Option<Source> {
        let reference = self.variable(container).map(|entry| &entry["valueFrom"]["secretKeyRef"]);
        reference
            .and_then(|reference| source(reference["name"].as_str()?, reference["key"].as_str()?))
            .or_else(|| container.mounts().find_map(|mount| self.mounted(workload, container, mount)))
    }

    /// A key among the files that a container mounts.
    fn mounted(&self, workload: &Workload, container: &Container, mount: &Value) -> Option<Source> {
        let said = self.file(container, mount["mountPath"].as_str()?);
        let file = mount["subPath"].as_str().or(said.filter(|file| !file.is_empty()));
        secrets(workload, mount).find_map(|(secret, items)| {
            let item = items.into_iter().flatten().find(|item| match file {
                Some(file) => item["path"] == file,
                None => item["key"].as_str().is_some_and(|key| self.have(&as_variable(key))),
            });
            let whole = file.filter(|_| items.is_none());
            let entry = item.and_then(|item| item["key"].as_str()).or(whole)?;
            let is_key = said.is_some() || self.have(&as_variable(entry));
            is_key.then(|| source(secret, entry))?
        })
    }

    /// The file with the key that the environment names in a folder; empty where the folder is the file.
    fn file<'c>(&self, container: &'c Container, folder: &str) -> Option<&'c str> {
        container.environment().find_map(|entry| {
            let (name, value) = (entry["name"].as_str()?, entry["value"].as_str()?);
            let file = value.strip_prefix(folder.trim_end_matches('/'))?;
            let is_below = file.is_empty() || file.starts_with('/');
            match (name, name.strip_suffix("_FILE")) {
                ("KEYBATON_DIR", _) if file.trim_matches('/').is_empty() => Some(KEY),
                (_, Some(name)) if self.have(name) && is_below => Some(file.trim_matches('/')),
                _ => None,
            }
        })
    }
}

/// The Secrets of which a container takes everything.
fn whole(workload: &Workload, container: &Container) -> Vec<String> {
    let sources = container.sources().filter_map(|source| source["secretRef"]["name"].as_str());
    // Certificates are mounted too, elsewhere.
    let mounts = container.mounts().filter(|mount| {
        mount["subPath"].is_null() && mount["mountPath"].as_str().is_some_and(|path| path.contains("secret"))
    });
    let mounted = mounts.flat_map(|mount| secrets(workload, mount));
    let mounted = mounted.filter(|(_, items)| items.is_none()).map(|(secret, _)| secret);
    sources.chain(mounted).filter(|name| is_name(name)).map(str::to_owned).collect()
}

/// The Secrets of the volume that is mounted, and the entries that it takes of each; none where it takes all.
fn secrets<'w>(
    workload: &'w Workload,
    mount: &Value,
) -> impl Iterator<Item = (&'w str, Option<&'w Vec<Value>>)> {
    let volume = workload.volumes.iter().find(|volume| volume["name"] == mount["name"]);
    volume.into_iter().flat_map(|volume| {
        let several = volume["projected"]["sources"].as_array().into_iter().flatten();
        let one = (&volume["secret"]["secretName"], &volume["secret"]["items"]);
        let all = several.map(|source| (&source["secret"]["name"], &source["secret"]["items"]));
        all.chain([one]).filter_map(|(name, items)| Some((name.as_str()?, items.as_array())))
    })
}

/// Only what can stand in a command.
fn source(secret: &str, entry: &str) -> Option<Source> {
    let is_entry = !entry.is_empty() && entry.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    (is_name(secret) && is_entry).then(|| Source {
        secret: secret.to_owned(),
        entry: entry.to_owned(),
        is_named: true,
    })
}

/// `django-secret-key` as variables are called.
fn as_variable(name: &str) -> String {
    name.to_ascii_uppercase().replace(['-', '.'], "_")
}

fn which(secrets: &[String]) -> Failure {
    let secrets = secrets.join(", ");
    Failure::new(
        Exit::Configuration,
        format!("the pods take all of several Secrets, and nothing tells in which the key is: {secrets}"),
    )
    .hint("say which with --set secret=…, or name a new one so; the ring lives there then")
}

const KEY: &str = "SECRET_KEY";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a pod with one container says: the Secret, and the entry with `?` behind it where it is none that the manifest names.
    fn said(container: Value, volume: Value) -> String {
        let mut container = container;
        container["name"] = "web".into();
        let containers = Container::all_of(&json!({"containers": [container]}));
        let workload = Workload { name: "web".to_owned(), containers, volumes: vec![volume], account: None };
        let site =
            Site { namespace: None, image: String::new(), workloads: vec![workload], kustomization: None };
        match Source::of(&site, "my-shop", Some("chosen")) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(Source { secret, entry, is_named })) => {
                format!("{secret} {entry}{}", if is_named { "" } else { "?" })
            }
            Err(failure) => failure.in_full(),
        }
    }

    fn variable(name: &str, secret: &str, key: &str) -> Value {
        json!({"env": [{"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}]})
    }

    #[test]
    fn a_variable_names_the_secret_and_its_entry() {
        let said = |container| said(container, Value::Null);
        assert_eq!(said(variable("SECRET_KEY", "django", "SECRET_KEY")), "django SECRET_KEY");
        assert_eq!(said(variable("DJANGO_SECRET_KEY", "django", "secret-key")), "django secret-key");
        assert_eq!(said(variable("MY_SHOP_SECRET_KEY", "django", "k")), "django k");
        // Those of others, what stands in the manifest itself, and what would be more than a name in a command.
        assert_eq!(said(variable("STRIPE_SECRET_KEY", "stripe", "SECRET_KEY")), "nothing");
        let literal = json!({"env": [{"name": "SECRET_KEY", "value": "LEAK"}], "envFrom": [{"secretRef": {"name": "all"}}]});
        assert_eq!(said(literal), "nothing");
        assert_eq!(said(variable("SECRET_KEY", "django", "k}' | sh #")), "nothing");
        assert_eq!(said(variable("SECRET_KEY", "a; sh", "SECRET_KEY")), "nothing");
    }

    #[test]
    fn all_of_one_secret_may_hold_the_key_and_of_several_nobody_knows() {
        let all = |names: &[&str]| {
            let sources: Vec<Value> = names.iter().map(|name| json!({"secretRef": {"name": name}})).collect();
            said(json!({"envFrom": sources}), Value::Null)
        };
        assert_eq!(all(&["django"]), "django SECRET_KEY?");
        assert_eq!(all(&["django", "django"]), "django SECRET_KEY?");
        assert_eq!(all(&["mail", "chosen"]), "chosen SECRET_KEY?");
        assert_eq!(all(&[]), "nothing");
        insta::assert_snapshot!(all(&["mail", "django"]), @"the pods take all of several Secrets, and nothing tells in which the key is: django, mail");
    }

    #[test]
    fn a_volume_has_the_key_as_a_file() {
        let mounted = |mount: Value, secret: Value, file: (&str, &str)| {
            let mut mount = mount;
            mount["name"] = "v".into();
            let environment = json!([{"name": file.0, "value": file.1}]);
            said(json!({"volumeMounts": [mount], "env": environment}), json!({"name": "v", "secret": secret}))
        };
        let (whole, none) = (json!({"secretName": "django"}), ("A", "b"));
        let items = json!({"secretName": "django", "items": [{"key": "tls", "path": "x"}, {"key": "secret-key", "path": "key"}]});
        let at = |path: &str| json!({"mountPath": path});
        assert_eq!(mounted(at("/etc/site"), items.clone(), none), "django secret-key");
        assert_eq!(
            mounted(json!({"mountPath": "/k", "subPath": "key"}), items.clone(), none),
            "django secret-key"
        );
        assert_eq!(
            mounted(json!({"mountPath": "/k", "subPath": "SECRET_KEY"}), whole.clone(), none),
            "django SECRET_KEY"
        );
        assert_eq!(mounted(at("/k"), whole.clone(), ("SECRET_KEY_FILE", "/k/some.txt")), "django some.txt");
        assert_eq!(mounted(at("/k"), whole.clone(), ("KEYBATON_DIR", "/k/")), "django SECRET_KEY");
        assert_eq!(mounted(at("/run/secrets/django"), whole.clone(), none), "django SECRET_KEY?");
        // Certificates, and a folder that only begins alike.
        assert_eq!(mounted(at("/etc/tls"), whole.clone(), none), "nothing");
        assert_eq!(mounted(at("/k"), whole, ("SECRET_KEY_FILE", "/kk/some.txt")), "nothing");
        assert_eq!(mounted(json!({"mountPath": "/run/secrets/x", "subPath": "x"}), items, none), "nothing");
    }
}
