//! What is known of a project before files are made for it. No key is among it.

use std::fs;
use std::path::{Path, PathBuf};

use keybaton_audit::project::{Project, ProjectError, SettingsFile};

use super::Answers;
use super::answers::is_label;
use super::configured::Home;
use super::repository::Repository;
use super::servers::{Interface, SERVERS, Server};
use crate::exit::Exit;
use crate::failure::Failure;

/// A project, its configuration, and what the user says of the platform.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) django: Django,
    pub(crate) home: Home,
    pub(crate) answers: Answers,
    pub(crate) variant: &'static str,
}

/// A Django project, as far as somebody has to know it who starts it.
#[derive(Debug)]
pub(crate) struct Django {
    /// Where made files belong: the folder of keybaton.toml.
    pub(crate) top: PathBuf,
    /// A name for units, services and containers.
    pub(crate) name: String,
    /// The folder of manage.py, from the top; empty where it is the top.
    pub(crate) folder: PathBuf,
    pub(crate) repository: Repository,
    /// `shop.settings`: those that serve, as wsgi.py or asgi.py names them.
    pub(crate) settings: String,
    /// Those that manage.py names: often development's.
    managed: String,
    /// `shop`: the package that holds wsgi.py and asgi.py.
    pub(crate) package: String,
    pub(crate) server: &'static Server,
    /// Whether its processes report: the app `keybaton.django` is named in the settings.
    pub(crate) reports: bool,
    /// Whether the settings call `keybaton.load()`.
    pub(crate) loads: bool,
    /// Whether the settings say where `collectstatic` puts its files.
    pub(crate) collects: bool,
}

/// What the user says of the project itself.
#[derive(Debug, Default)]
pub(crate) struct Said<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) server: Option<&'a str>,
    pub(crate) settings: Option<&'a str>,
}

impl Django {
    /// `top`: the folder of its configuration.
    pub(crate) fn of(top: &Path, project: &Project, said: &Said<'_>) -> Result<Self, Failure> {
        let package = package(&project.folder, &project.module);
        let name = match said.name {
            Some(name) if is_label(name) => name.to_owned(),
            Some(_) => return Err(no_label()),
            None => label(&package).ok_or_else(no_label)?,
        };
        let folder = project.folder.strip_prefix(top).unwrap_or(Path::new("")).to_owned();
        let repository = Repository::around(top);
        let server = match said.server {
            Some(name) => Server::named(name).ok_or_else(unknown_server)?,
            None => in_use(top, &folders(&folder, &repository)),
        };
        let settings = said.settings.map(str::to_owned);
        let settings =
            settings.or_else(|| served(project, &package, server)).unwrap_or(project.module.clone());
        let serving = project.with_settings(&settings).map_err(no_settings)?;
        Ok(Self {
            top: top.to_owned(),
            name,
            folder,
            repository,
            settings,
            managed: project.module.clone(),
            package,
            server,
            reports: serving.used().any(names_the_app),
            loads: serving.used().any(|file| {
                file.source.text().contains("keybaton.load")
                    || file.source.text().contains("from keybaton import")
            }),
            collects: serving.used().any(|file| file.source.text().contains("STATIC_ROOT")),
        })
    }

    /// The module that the server calls.
    pub(crate) fn application(&self) -> String {
        let file = if self.server.interface == Interface::Wsgi { "wsgi" } else { "asgi" };
        format!("{}.{file}", self.package)
    }

    /// The settings that have to be named to manage.py before it has those that serve.
    pub(crate) fn settings_unlike_managed(&self) -> Option<&str> {
        (self.settings != self.managed).then_some(self.settings.as_str())
    }

    /// For a person, where manage.py names other settings than those that serve.
    pub(crate) fn told_apart(&self) -> Option<String> {
        let served = self.settings_unlike_managed()?;
        Some(format!(
            "The site runs with {served}; manage.py names {}. --settings takes another module.",
            self.managed
        ))
    }

    /// The folders that may have something of the project's, from the top: that of manage.py, then each above it in the
    /// repository.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        folders(&self.folder, &self.repository)
    }

    /// The same without those below the top: where files for the whole of it lie.
    pub(crate) fn folders_above(&self) -> impl Iterator<Item = PathBuf> {
        std::iter::once(PathBuf::new()).chain(self.repository.above())
    }

    /// The text of a file of the project, where there is one that can be read.
    pub(crate) fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        text(&self.top.join(path))
    }
}

/// The settings that the server's own file names, or else the other one.
fn served(project: &Project, package: &str, server: &Server) -> Option<String> {
    let files = match server.interface {
        Interface::Wsgi => ["wsgi.py", "asgi.py"],
        Interface::Asgi => ["asgi.py", "wsgi.py"],
    };
    let package: PathBuf = package.split('.').collect();
    let bases = [project.folder.clone(), project.folder.join("src")];
    let found = |file| bases.iter().find_map(|base| project.named_in(&base.join(&package).join(file)));
    files.into_iter().find_map(found)
}

/// The package of `wsgi.py`: that of the settings, or the one above it where settings are a package.
fn package(folder: &Path, settings: &str) -> String {
    let parts: Vec<&str> = settings.split('.').collect();
    let bases = [folder.to_owned(), folder.join("src")];
    let has_server = |package: &[&str]| {
        let path: PathBuf = package.iter().collect();
        bases.iter().any(|base| {
            base.join(&path).join("wsgi.py").exists() || base.join(&path).join("asgi.py").exists()
        })
    };
    let found = (1..parts.len()).rev().find(|end| has_server(&parts[..*end]));
    // `config.settings.production` without either file: the first part is as good as any.
    parts[..found.unwrap_or(1)].join(".")
}

/// A name that fits hosts, from one that fits Python.
fn label(package: &str) -> Option<String> {
    let name: String =
        package.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Some(name.trim_matches('-').to_owned()).filter(|name| is_label(name))
}

fn folders(manage: &Path, repository: &Repository) -> Vec<PathBuf> {
    manage.ancestors().map(Path::to_owned).chain(repository.above()).collect()
}

/// The server that the lists of packages, or a Procfile, name in the next folder where they name one.
fn in_use(top: &Path, folders: &[PathBuf]) -> &'static Server {
    let named = |folder: &PathBuf| {
        let lists = lists_of_packages(&top.join(folder));
        let texts: Vec<String> = lists.iter().filter_map(|path| text(path)).collect();
        SERVERS.iter().find(|server| texts.iter().any(|text| names(text, server.name)))
    };
    folders.iter().find_map(named).unwrap_or(&SERVERS[0])
}

fn lists_of_packages(folder: &Path) -> Vec<PathBuf> {
    let is_list = |name: &str| {
        let requirements = name.contains("requirements") && (name.ends_with(".txt") || name.ends_with(".in"));
        requirements
            || matches!(name, "pyproject.toml" | "Pipfile" | "Procfile" | "setup.cfg" | "environment.yml")
    };
    let entries = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    let here = entries(folder.to_owned()).filter(|entry| entry.file_name().to_str().is_some_and(is_list));
    let below = entries(folder.join("requirements"));
    let mut paths: Vec<PathBuf> =
        here.chain(below).map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

/// Whether a list names a package, and no other one whose name begins so.
fn names(text: &str, package: &str) -> bool {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let mut lines = words.map(str::to_ascii_lowercase);
    lines.any(|word| word == package)
}

fn names_the_app(file: &SettingsFile) -> bool {
    file.source.text().contains("\"keybaton.django\"") || file.source.text().contains("'keybaton.django'")
}

/// A file of a project that people write is not long, and no pipe.
fn text(path: &Path) -> Option<String> {
    let is_short = fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() < LONGEST_FILE);
    is_short.then(|| fs::read_to_string(path).ok()).flatten()
}

fn no_label() -> Failure {
    Failure::new(Exit::Usage, "the project has no name that units and containers can have")
        .hint("name it: lower case letters, digits and hyphens, such as --name shop")
}

fn no_settings(error: ProjectError) -> Failure {
    Failure::new(Exit::Usage, error.to_string())
        .hint("name the module of the settings as Python does, such as --settings shop.settings")
}

fn unknown_server() -> Failure {
    let names: Vec<&str> = SERVERS.iter().map(|server| server.name).collect();
    Failure::new(Exit::Usage, "--server names no server that is known here")
        .hint(format!("name one of {}", names.join(", ")))
}

const LONGEST_FILE: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_becomes_a_name_for_units() {
        assert_eq!(label("my_Shop.site").as_deref(), Some("my-shop-site"));
        assert_eq!(label("_"), None);
        assert_eq!(label(""), None);
    }

    #[test]
    fn a_list_names_a_server_and_no_other_package_that_begins_so() {
        assert!(names("Django>=5\nGunicorn==23.0  # the server\n", "gunicorn"));
        assert!(names("web: uvicorn shop.asgi:application", "uvicorn"));
        assert!(names("dependencies = [\"uvicorn[standard]>=0.30\"]", "uvicorn"));
        assert!(!names("uvicorn-worker==0.3", "uvicorn"));
    }

    #[test]
    fn the_package_is_the_one_that_holds_wsgi() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("config/settings")).unwrap();
        fs::write(folder.path().join("config/wsgi.py"), "").unwrap();
        assert_eq!(package(folder.path(), "config.settings.production"), "config");
        assert_eq!(package(folder.path(), "shop.settings"), "shop");
    }
}
