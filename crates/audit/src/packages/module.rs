//! What one Python file says of packages that use the key, and of the settings that give them another.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::given::Given;
use super::walk::Walk;
use super::{FIELDS, Package, Place, TOKENS};
use crate::finding::At;
use crate::project::content;
use crate::project::modules::imported;
use crate::python::with_module;
use crate::python_file::is_for_tests;
use crate::settings::{Import, Star};
use crate::source::Source;

/// A Python file that is about such packages, or takes settings over.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its path, as reports have it.
    pub(crate) path: PathBuf,
    /// Where it is.
    pub(super) absolute: PathBuf,
    /// Its text.
    pub(crate) source: Source,
    /// The packages that it imports or names.
    pub(super) mentions: Vec<Mention>,
    /// What it gives to settings.
    pub(super) given: Vec<Given>,
    /// The modules whose settings it takes over.
    pub(super) taken: Vec<Star>,
    /// It carries other files out as parts of itself: `include(…)`, `exec(…)`.
    pub(super) includes: bool,
    /// Settings come from where no reader of sources sees them.
    pub(super) is_foreign: bool,
}

/// A module of a package, as a file names it.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) name: String,
    pub(super) at: usize,
    /// It is imported, and not only named in a text.
    pub(super) is_import: bool,
}

impl Module {
    /// Reads a file of a project.
    pub(super) fn read(path: PathBuf) -> Option<Self> {
        let content = content(&path).ok()?;
        Self::of(path.clone(), path, content.expose())
    }

    /// Reads what is in a file; `None` where nothing in it matters here.
    pub(crate) fn of(path: PathBuf, absolute: PathBuf, bytes: &[u8]) -> Option<Self> {
        if is_for_tests(&path) || !matters(bytes) {
            return None;
        }
        let source = Source::decode(bytes).ok()?;
        let said = with_module(source.text(), |module| Walk::through(module.body));
        let mut module = Self {
            path,
            absolute,
            source,
            mentions: said.mentions,
            given: said.given,
            taken: said.taken,
            includes: said.includes,
            is_foreign: said.is_foreign,
        };
        module.forget_own();
        Some(module)
    }

    /// A place in it.
    pub(super) fn at(&self, offset: usize) -> At {
        At::Place(self.path.clone(), self.source.place(offset))
    }

    /// Whether it sets what every project of Django's does. Parts of settings do not, nor do files that hold keys alone.
    pub(super) fn lists_apps(&self) -> bool {
        self.given.iter().any(|given| given.setting == APPS)
    }

    /// The first place where it uses a package. What was once in a model stays in the migrations for ever.
    pub(super) fn uses(&self, package: &Package) -> Option<usize> {
        let is_past =
            self.path.parent().is_some_and(|folder| folder.file_name() == Some(OsStr::new("migrations")));
        let counts = |mention: &&Mention| if mention.is_import { !is_past } else { package.is_named };
        let mut mentions = self.mentions.iter().filter(counts);
        let uses = |mention: &&Mention| {
            package.modules.iter().any(|module| is_in(&mention.name, module))
                && package.but != Some(&mention.name)
        };
        mentions.find(uses).map(|mention| mention.at)
    }

    /// Whether it names a module, or something in it.
    pub(super) fn names(&self, module: &str) -> bool {
        self.mentions.iter().any(|mention| is_in(&mention.name, module))
    }

    /// A project's own module of the same name is not the package.
    fn forget_own(&mut self) {
        let absolute = &self.absolute;
        self.mentions.retain(|mention| !mention.is_import || !is_own(absolute, &mention.name));
    }
}

fn is_own(file: &Path, name: &str) -> bool {
    let root = name.split('.').next().unwrap_or_default();
    imported(file, &Import { level: 0, module: root.to_owned() }).is_some()
}

/// Whether a dotted name is a module or lies in it.
pub(super) fn is_in(name: &str, module: &str) -> bool {
    name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a name is worth keeping: it lies in a package that is known, or may be one of its modules' parents.
pub(super) fn is_known(name: &str) -> bool {
    let root = |name: &'static str| name.split('.').next().unwrap_or(name);
    let packages = || TOKENS.iter().chain(FIELDS);
    let mut modules = packages().flat_map(|package| package.modules.iter().copied()).map(root);
    modules.any(|module| is_in(name, module))
        || packages().filter_map(|package| package.ours).any(|ours| is_in(name, ours))
}

/// Whether a setting has a say in this.
pub(super) fn is_watched(setting: &str) -> bool {
    let is_place =
        |place: &Place| matches!(place, Place::Setting(name) | Place::Item(name, _) if *name == setting);
    let concerns = |package: &Package| {
        package.keys.iter().any(is_place)
            || package.algorithm.as_ref().is_some_and(|(place, _)| is_place(place))
            || package.needs == Some(setting)
    };
    matches!(setting, APPS | KEY) || TOKENS.iter().chain(FIELDS).any(concerns)
}

/// Whether a setting is a dictionary with a key in it.
pub(super) fn is_dictionary(setting: &str) -> bool {
    let places = TOKENS.iter().flat_map(|package| package.keys);
    places.into_iter().any(|place| matches!(place, Place::Item(name, _) if *name == setting))
}

/// Whether an item of a dictionary is a key.
pub(super) fn is_key_item(item: &str) -> bool {
    let places = TOKENS.iter().flat_map(|package| package.keys);
    places.into_iter().any(|place| matches!(place, Place::Item(_, name) if *name == item))
}

fn matters(bytes: &[u8]) -> bool {
    WORDS.iter().any(|word| Finder::new(word).find(bytes).is_some())
}

pub(super) const APPS: &str = "INSTALLED_APPS";
pub(super) const KEY: &str = "SECRET_KEY";

/// Files without any of these say nothing of packages, and take no settings over.
const WORDS: [&str; 11] = [
    APPS,
    "_KEY",
    "jwt",
    "JWT",
    "import *",
    "split_settings",
    "Dynaconf",
    "fernet_fields",
    "django_cryptography",
    "mirage",
    "encrypted_fields",
];
