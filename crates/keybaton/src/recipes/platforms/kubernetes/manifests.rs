//! The manifests of a project, as far as they say what its pods are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::container::Container;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::yaml::documents;
use crate::recipes::{Django, straight};

/// What stands in a project's manifests.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    pub(super) deployments: Vec<Deployment>,
    /// What kustomizations and Deployments say of where all of it goes.
    namespaces: BTreeSet<String>,
    /// The folders of kustomizations.
    pub(super) kustomizations: Vec<PathBuf>,
    /// Helm charts, whose manifests are made when they are installed.
    pub(super) charts: Vec<PathBuf>,
    /// Files of other templates.
    pub(super) templates: Vec<PathBuf>,
}

/// A Deployment, as a manifest has it.
#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) name: String,
    /// In the order of the manifest, those that run first at the end.
    pub(super) containers: Vec<Container>,
    pub(super) volumes: Vec<Value>,
    pub(super) account: Option<String>,
}

impl Manifests {
    /// Reads what the user names; else all that lies below keybaton.toml, and where nothing does, all of the repository.
    pub(super) fn of(django: &Django, named: Option<&str>) -> Result<Self, Failure> {
        if let Some(named) = named {
            let place = Path::new(named);
            return if django.top.join(place).exists() {
                Self::at(&django.top, place)
            } else {
                Err(missing(named))
            };
        }
        let here = Self::at(&django.top, Path::new(""))?;
        let up = &django.repository.up;
        if here.is_something() || up.as_os_str().is_empty() {
            return Ok(here);
        }
        // What is broken there may be another project's, and nobody asked for it.
        Ok(Self::at(&django.top, up).unwrap_or(here))
    }

    /// Reads a file, or all that lies below a folder. It is called as from the top of the project.
    fn at(top: &Path, place: &Path) -> Result<Self, Failure> {
        let mut manifests = Self::default();
        let path = top.join(place);
        if path.is_file() {
            manifests.file(top, place)?;
        } else {
            manifests.walk(top, place, 0)?;
        }
        Ok(manifests)
    }

    /// Whether anything here is a Deployment, or becomes one.
    fn is_something(&self) -> bool {
        !(self.deployments.is_empty() && self.charts.is_empty() && self.templates.is_empty())
    }

    /// The one namespace that they name; nothing where they name none, or several.
    pub(super) fn namespace(&self) -> Option<&str> {
        let mut names = self.namespaces.iter();
        names.next().filter(|_| names.next().is_none()).map(String::as_str)
    }

    /// A Deployment by its name.
    pub(super) fn deployment(&self, name: &str) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.name == name)
    }

    fn walk(&mut self, top: &Path, folder: &Path, depth: usize) -> Result<(), Failure> {
        let Ok(entries) = fs::read_dir(top.join(folder)) else { return Ok(()) };
        let mut places: Vec<PathBuf> =
            entries.flatten().map(|entry| folder.join(entry.file_name())).collect();
        places.sort();
        if places.iter().any(|place| place.ends_with("Chart.yaml")) {
            self.charts.push(folder.to_owned());
            return Ok(());
        }
        for place in places {
            let path = top.join(&place);
            if path.is_symlink() || is_foreign(top, &place) {
                continue;
            }
            if path.is_dir() && depth < DEEPEST {
                self.walk(top, &place, depth + 1)?;
            } else if is_yaml(&place) {
                self.file(top, &place)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, top: &Path, place: &Path) -> Result<(), Failure> {
        let path = top.join(place);
        let is_short = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() < LONGEST_FILE);
        let text = is_short.then(|| fs::read_to_string(&path).ok()).flatten();
        let is_kustomization = path.file_stem().is_some_and(|name| name == "kustomization");
        let is_wanted = |text: &String| is_kustomization || text.contains("Deployment");
        let Some(text) = text.filter(is_wanted) else { return Ok(()) };
        match documents(&place.display().to_string(), &text) {
            // It need not say its kind.
            Ok(documents) if is_kustomization => {
                self.kustomizations.extend(place.parent().map(Path::to_owned));
                self.namespaces
                    .extend(documents.iter().filter_map(|document| text_of(&document["namespace"])));
            }
            Ok(documents) => documents.iter().for_each(|document| self.take(document)),
            // Jinja, gomplate, Helm without its chart.
            Err(_) if text.contains("{{") => self.templates.push(place.to_owned()),
            Err(broken) => return Err(broken),
        }
        Ok(())
    }

    fn take(&mut self, document: &Value) {
        match document["kind"].as_str() {
            Some("List") => {
                document["items"].as_array().into_iter().flatten().for_each(|item| self.take(item));
            }
            Some("Deployment") => {
                let Some(deployment) = Deployment::of(document) else { return };
                self.namespaces.extend(text_of(&document["metadata"]["namespace"]));
                // An overlay may say it once more.
                if self.deployment(&deployment.name).is_none() {
                    self.deployments.push(deployment);
                }
            }
            _ => {}
        }
    }
}

impl Deployment {
    /// Nothing where the document is only a patch of one, which names no image.
    fn of(document: &Value) -> Option<Self> {
        let pod = &document["spec"]["template"]["spec"];
        let containers = Container::all_of(pod);
        let is_whole = containers.iter().any(|container| container.image().is_some());
        let volumes = pod["volumes"].as_array().into_iter().flatten();
        is_whole.then_some(())?;
        Some(Self {
            name: text_of(&document["metadata"]["name"])?,
            containers,
            volumes: volumes.cloned().collect(),
            account: text_of(&pod["serviceAccountName"]).filter(|name| super::is_name(name)),
        })
    }
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

/// Packages of others, what is hidden, and what the recipe itself has made.
fn is_foreign(top: &Path, place: &Path) -> bool {
    let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with('.') || FOREIGN.contains(&name) || straight(&top.join(place)) == top.join(super::FOLDER)
}

fn missing(named: &str) -> Failure {
    Failure::new(Exit::Configuration, format!("there is no {named} here"))
        .hint("name a folder or a file from the folder of keybaton.toml: --set manifests=../infra/k8s")
}

const FOREIGN: [&str; 6] = ["node_modules", "site-packages", "venv", "env", "__pycache__", "target"];
const DEEPEST: usize = 8;
const LONGEST_FILE: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Manifests {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Manifests::at(folder.path(), Path::new("")).unwrap()
    }

    #[test]
    fn documents_anchors_comments_and_lists_are_read_whatever_the_line_ends() {
        let text = "# the site\nkind: Service\n---\nkind: List\nitems:\n- kind: Deployment\n  metadata: {name: web, namespace: shop}\n  spec: &spec\n    template:\n      spec:\n        containers: [{name: web, image: shop}] # one\n- kind: Deployment\n  metadata: {name: worker}\n  spec:\n    <<: *spec\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let manifests = read(&[("all.yaml", &text)]);
            let names: Vec<&str> =
                manifests.deployments.iter().map(|deployment| deployment.name.as_str()).collect();
            assert_eq!((names, manifests.namespace()), (vec!["web", "worker"], Some("shop")));
            assert_eq!(manifests.deployments[1].containers[0].image(), Some("shop"));
        }
    }

    #[test]
    fn a_kustomization_says_the_namespace_and_two_of_them_say_none() {
        let one = ("base/kustomization.yaml", "namespace: shop\n");
        let other = ("staging/kustomization.yml", "kind: Kustomization\nnamespace: staging\n");
        assert_eq!(read(&[one]).namespace(), Some("shop"));
        assert_eq!(read(&[one]).kustomizations, [Path::new("base")]);
        assert_eq!(read(&[one, other]).namespace(), None);
    }
}
