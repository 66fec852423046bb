//! The services of a compose file that run the project, and how each gets its key so far.

use std::path::{Path, PathBuf};

use keybaton_core::RingName;
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::servers::SERVERS;
use crate::recipes::yaml::documents;
use crate::recipes::{Answers, Django};

/// A compose file of the user's.
#[derive(Debug)]
pub(super) struct Compose {
    /// From the top of the project.
    pub(super) file: PathBuf,
    /// Of the format. Swarm wants the same one in each file, while Compose looks past it.
    pub(super) version: Option<String>,
    /// Those that run the project; the one that serves first.
    pub(super) services: Vec<Service>,
}

/// A service, with what it takes over by `extends`.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    pub(super) name: String,
    /// As whom it runs, where the file says so in numbers.
    pub(super) user: Option<String>,
    /// What it runs.
    words: String,
    /// The names in its environment.
    variables: Vec<String>,
    secrets: Vec<Value>,
    is_built: bool,
    is_open: bool,
}

impl Compose {
    /// Reads the file that is named, else the one that Compose would take.
    pub(super) fn read(django: &Django, answers: &Answers) -> Result<Self, Failure> {
        let (file, text) = find(django, answers.get("file"))?;
        let documents = documents(&file.display().to_string(), &text)?;
        let all = services(django, (&file, &text), &documents)?;
        let version = documents.iter().find_map(|document| document.get("version").map(text_of));
        let services = match answers.get("services") {
            FOUND => running(all, django),
            named => named.split(',').map(|name| one_of(&all, name)).collect::<Result<_, _>>()?,
        };
        match services.is_empty() {
            true => Err(none_runs_it(&file)),
            false => Ok(Self { file, version, services }),
        }
    }

    /// Whether Compose itself builds an image of the project.
    pub(super) fn is_built(&self) -> bool {
        self.services.iter().any(|service| service.is_built)
    }

    /// The one that serves.
    pub(super) fn web(&self) -> &Service {
        &self.services[0]
    }
}

impl Service {
    /// The secrets that stay, as the file writes them; nothing where none of them holds a key.
    pub(super) fn secrets_that_stay(&self, rings: &[RingName], project: &str) -> Option<Vec<&Value>> {
        let holds_a_key = |secret: &&Value| source(secret).is_some_and(|name| is_key(name, rings, project));
        let stay: Vec<&Value> = self.secrets.iter().filter(|secret| !holds_a_key(secret)).collect();
        (stay.len() < self.secrets.len()).then_some(stay)
    }

    /// The names in its environment that a key stands under, besides those of the rings themselves.
    pub(super) fn other_variables(&self, rings: &[RingName], project: &str) -> impl Iterator<Item = &String> {
        self.variables.iter().filter(move |name| is_key(name, rings, project))
    }

    /// Whether the file sets a variable for it.
    pub(super) fn has(&self, variable: &str) -> bool {
        self.variables.iter().any(|name| name == variable)
    }

    fn gets_a_key(&self, project: &str) -> bool {
        let rings = [RingName::default()];
        self.other_variables(&rings, project).next().is_some()
            || self.secrets_that_stay(&rings, project).is_some()
    }

    fn runs(&self, django: &Django) -> bool {
        let mut words = self.words.split(|c: char| !(c.is_ascii_alphanumeric() || "_.-".contains(c)));
        let is_server = |word: &str| SERVERS.iter().any(|server| server.name == word);
        words.any(|word| is_server(word) || PROGRAMS.contains(&word) || word == django.application())
    }

    fn serves(&self) -> bool {
        self.is_open || SERVERS.iter().any(|server| self.words.contains(server.name))
    }

    /// What the file says, over what it takes over.
    fn of(name: &str, said: &Map<String, Value>, base: Self) -> Self {
        let words =
            ["entrypoint", "command"].map(|word| said.get(word).map(text_of).unwrap_or_default()).join(" ");
        let user = said.get("user").map(text_of).filter(|user| is_numeric(user));
        Self {
            name: name.to_owned(),
            user: user.or(base.user),
            words: if words.trim().is_empty() { base.words } else { words },
            variables: [base.variables, names_of(said.get("environment"))].concat(),
            secrets: [base.secrets, items(said.get("secrets")).to_vec()].concat(),
            is_built: base.is_built || said.contains_key("build"),
            is_open: base.is_open || ["ports", "expose"].iter().any(|word| said.contains_key(*word)),
        }
    }
}

/// The file, and its text: one that nobody names lies beside keybaton.toml, or above it in the repository, as Compose looks for it.
fn find(django: &Django, named: &str) -> Result<(PathBuf, String), Failure> {
    let paths: Vec<PathBuf> = match named {
        FOUND => {
            let folders = django.folders_above();
            folders.flat_map(|folder| USUAL_FILES.map(|name| folder.join(name))).collect()
        }
        named => vec![named.into()],
    };
    let found = paths.into_iter().find_map(|path| Some((path.clone(), django.text(path)?)));
    found.ok_or_else(|| {
        let what = if named == FOUND {
            "there is no compose file here".to_owned()
        } else {
            format!("there is no {named} here")
        };
        Failure::new(Exit::Configuration, what)
            .hint("name it from the folder of keybaton.toml: --set file=docker-compose.production.yml")
    })
}

/// All services of all documents: Compose puts those together.
fn services(django: &Django, here: (&Path, &str), documents: &[Value]) -> Result<Vec<Service>, Failure> {
    let tables: Vec<&Map<String, Value>> =
        documents.iter().filter_map(|document| document.get("services")?.as_object()).collect();
    if tables.is_empty() {
        return Err(Failure::new(Exit::Configuration, format!("{} has no services", here.0.display()))
            .hint("name the compose file that has them: --set file=docker-compose.production.yml"));
    }
    let mut all: Vec<Service> = Vec::new();
    for (name, said) in tables.into_iter().flatten() {
        let Some(said) = said.as_object() else { continue };
        let before = all.iter().position(|service| service.name == *name).map(|at| all.remove(at));
        let base = before.unwrap_or_else(|| taken_over(django, here, said, DEEPEST).unwrap_or_default());
        all.push(Service::of(name, said, base));
    }
    Ok(all)
}

/// What `extends` names, here or in another file of the project. Whatever cannot be read there is Compose's to say.
fn taken_over(
    django: &Django,
    here: (&Path, &str),
    said: &Map<String, Value>,
    depth: usize,
) -> Option<Service> {
    let extends = said.get("extends").filter(|_| depth > 0)?;
    let name = extends.as_str().or_else(|| extends.get("service")?.as_str())?;
    let elsewhere = extends.get("file").and_then(Value::as_str);
    let file = elsewhere.map_or(here.0.to_owned(), |file| here.0.with_file_name(file));
    let text = if elsewhere.is_some() { django.text(&file)? } else { here.1.to_owned() };
    let documents = documents("", &text).ok()?;
    let said = documents.iter().find_map(|document| document.get("services")?.get(name)?.as_object())?;
    let base = taken_over(django, (&file, &text), said, depth - 1).unwrap_or_default();
    Some(Service::of(name, said, base))
}

/// Those that run the project; with nothing else to go by, the only one that is built here.
fn running(mut all: Vec<Service>, django: &Django) -> Vec<Service> {
    let shows = |service: &Service| service.gets_a_key(&django.name) || service.runs(django);
    let is_clear = all.iter().any(shows);
    let is_lone = all.iter().filter(|service| service.is_built).count() == 1;
    all.retain(|service| if is_clear { shows(service) } else { is_lone && service.is_built });
    all.sort_by_key(|service| !service.serves());
    all
}

fn one_of(all: &[Service], name: &str) -> Result<Service, Failure> {
    all.iter().find(|service| service.name == name).cloned().ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|service| service.name.as_str()).collect();
        Failure::new(Exit::Usage, "--set services=… names a service that the compose file does not have")
            .hint(format!("it has {}", names.join(", ")))
    })
}

fn none_runs_it(file: &Path) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("no service of {} shows that it runs this project", file.display()),
    )
    .hint("name those that do: --set services=web,worker")
}

/// `secret_key`, `SECRET_KEY`, `django-secret-key`, `shop_secret_key`; and the two texts beside it. `stripe_secret_key` is none.
fn is_key(name: &str, rings: &[RingName], project: &str) -> bool {
    let name = plain(name);
    let bare =
        ["django_", &format!("{}_", plain(project))].iter().find_map(|prefix| name.strip_prefix(prefix));
    let texts = rings.iter().flat_map(|ring| [ring.as_str().to_owned(), ring.fallbacks(), ring.record()]);
    texts.map(|text| plain(&text)).any(|text| name == text || bare == Some(&text))
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.'], "_")
}

/// Which secret of the file it is.
fn source(secret: &Value) -> Option<&str> {
    secret.as_str().or_else(|| secret.get("source")?.as_str())
}

/// Of `NAME: value` and of `NAME=value` in a list.
fn names_of(variables: Option<&Value>) -> Vec<String> {
    let keys = variables.and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned();
    let names = items(variables).iter().filter_map(|item| Some(item.as_str()?.split('=').next()?.to_owned()));
    keys.chain(names).collect()
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Words that stand in one text or in a list.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(" "),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn is_numeric(user: &str) -> bool {
    let is_number =
        |part: &str| !part.is_empty() && part.len() < 11 && part.chars().all(|c| c.is_ascii_digit());
    match user.split_once(':') {
        None => is_number(user),
        Some((user, group)) => is_number(user) && is_number(group),
    }
}

/// What is asked for where nobody says it.
pub(super) const FOUND: &str = "found";
/// In Compose's own order.
const USUAL_FILES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const PROGRAMS: [&str; 3] = ["manage.py", "celery", "django-admin"];
const DEEPEST: usize = 8;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_the_keys_by_its_whole_name() {
        let rings = [RingName::default()];
        for name in ["secret_key", "SECRET_KEY", "django-secret-key", "my_shop_secret_key", "SECRET_KEY_RING"]
        {
            assert!(is_key(name, &rings, "my-shop"), "{name}");
        }
        for name in ["stripe_secret_key", "secret_key_id", "secret", "AWS_SECRET_ACCESS_KEY", "django_"] {
            assert!(!is_key(name, &rings, "my-shop"), "{name}");
        }
    }

    #[test]
    fn a_user_counts_where_a_host_can_know_it() {
        for (user, fits) in
            [("1000", true), ("1000:33", true), ("django", false), ("1000:www", false), ("$UID", false)]
        {
            assert_eq!(is_numeric(user), fits, "{user}");
        }
    }

    #[test]
    fn a_service_has_what_it_says_over_what_it_takes_over() {
        let said = |value: Value| value.as_object().cloned().unwrap_or_default();
        let base =
            said(json!({"command": ["gunicorn", "shop.wsgi"], "environment": ["A=1", "B"], "user": 33}));
        let base = Service::of("base", &base, Service::default());
        let own = said(
            json!({"environment": {"C": null}, "user": "www", "secrets": ["x", {"source": "SECRET_KEY"}]}),
        );
        let service = Service::of("web", &own, base);
        assert_eq!((service.variables.join(" "), service.user.as_deref()), ("A B C".to_owned(), Some("33")));
        assert_eq!(service.secrets_that_stay(&[RingName::default()], "shop"), Some(vec![&json!("x")]));
        assert!(service.serves());
    }
}
