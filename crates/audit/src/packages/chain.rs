//! Under which settings of a project a package takes SECRET_KEY.

use std::collections::BTreeSet;
use std::path::Path;

use super::files::{Chain, Files};
use super::given::{Gets, Given};
use super::module::{KEY, Module};
use super::{Package, Place};
use crate::finding::At;
use crate::suppression::Suppressions;

/// A package that has no key of its own under some settings.
pub(crate) struct Standing<'a> {
    pub(crate) package: &'static Package,
    /// The settings: those that no others take over.
    settings: Vec<&'a Path>,
    /// Whether they give it SECRET_KEY; otherwise they give it none, and it takes that one.
    pub(crate) is_given: bool,
    /// Whether it has a key of its own and still needs SECRET_KEY.
    pub(crate) has_own: bool,
    module: &'a Module,
    place: usize,
}

impl Standing<'_> {
    /// Where that is to be seen.
    pub(crate) fn at(&self) -> At {
        self.module.at(self.place)
    }

    fn is_like(&self, other: &Self) -> bool {
        let place =
            |standing: &Self| (standing.package.name, standing.place, standing.is_given, standing.has_own);
        place(self) == place(other) && self.module.absolute == other.module.absolute
    }

    /// The settings, for people.
    pub(crate) fn settings(&self) -> String {
        let names: Vec<String> = self.settings.iter().map(|path| path.display().to_string()).collect();
        names.join(" and ")
    }

    /// Whether a comment there asks to be silent about a rule.
    pub(super) fn is_silenced(&self, rule: &str) -> bool {
        let line = self.module.source.place(self.place).line;
        Suppressions::of(&self.module.source).covers(line, rule)
    }
}

/// The packages that take SECRET_KEY, under each of the settings that are no part of others. Where it cannot be told, nothing
/// is said.
pub(crate) fn standing<'a>(modules: &'a [Module], packages: &'static [Package]) -> Vec<Standing<'a>> {
    let files = Files::of(modules);
    let tops = files.tops();
    let chains = tops.into_iter().map(|top| files.chain(top));
    let all = chains.flat_map(|chain| packages.iter().filter_map(move |package| chain.look(package)));
    all.fold(Vec::new(), joined)
}

/// The same place under several settings is told once.
fn joined<'a>(mut all: Vec<Standing<'a>>, next: Standing<'a>) -> Vec<Standing<'a>> {
    match all.iter_mut().find(|known| known.is_like(&next)) {
        Some(known) => known.settings.extend(next.settings),
        None => all.push(next),
    }
    all
}

impl<'a> Chain<'a> {
    fn look(&self, package: &'static Package) -> Option<Standing<'a>> {
        let (user, mention) = self.used(package)?;
        let is_ours =
            package.ours.is_some_and(|app| self.parts.modules.iter().any(|module| module.names(app)));
        let lacks = package.needs.is_some_and(|setting| self.given(Place::Setting(setting)).next().is_none());
        if is_ours || lacks || !self.is_symmetric(package) {
            return None;
        }
        let standing = |module, place, is_given, has_own| {
            Some(Standing { package, settings: vec![&self.top.path], is_given, has_own, module, place })
        };
        match self.key(package) {
            Key::Main(module, place) => standing(module, place, true, false),
            Key::Missing if !self.parts.is_whole => None,
            Key::Missing => standing(user, mention, false, false),
            Key::Unknown => None,
            Key::Own => {
                let besides = package.besides?;
                let is_free = self.project.iter().any(|module| module.names(besides));
                if is_free { None } else { standing(user, mention, false, true) }
            }
        }
    }

    /// Where it is used: the settings say it before the code does.
    fn used(&self, package: &Package) -> Option<(&'a Module, usize)> {
        let used = |module: &&'a Module| Some((*module, module.uses(package)?));
        self.parts.modules.iter().find_map(used).or_else(|| self.project.iter().find_map(used))
    }

    fn key(&self, package: &Package) -> Key<'a> {
        let variables = self.variables();
        let mut key = Key::Missing;
        for (module, given) in package.keys.iter().flat_map(|place| self.given(*place)) {
            match &given.gets {
                Gets::Unknown => return Key::Unknown,
                Gets::Items => {}
                Gets::Value(value) if value.is_nothing => {}
                Gets::Value(value) if value.is_key(&variables) => key = Key::Main(module, given.at),
                Gets::Value(_) => return Key::Own,
            }
        }
        key
    }

    /// What a place gets anywhere in these settings: which of them comes last is for running to tell.
    fn given(&self, place: Place) -> impl Iterator<Item = (&'a Module, &'a Given)> {
        let is_it = move |given: &&Given| match place {
            Place::Setting(setting) => given.setting == setting,
            Place::Item(setting, item) => {
                given.setting == setting && given.item.as_deref().is_none_or(|this| this == item)
            }
        };
        self.parts.modules.iter().flat_map(move |module| {
            let module: &'a Module = module;
            module.given.iter().filter(is_it).map(move |given| (module, given))
        })
    }

    /// The names that SECRET_KEY is looked up under.
    fn variables(&self) -> BTreeSet<&'a str> {
        let values = self.given(Place::Setting(KEY)).filter_map(|(_, given)| match &given.gets {
            Gets::Value(value) => Some(value),
            _ => None,
        });
        let named = values.flat_map(|value| &value.variables).map(String::as_str);
        named.chain([KEY, "DJANGO_SECRET_KEY"]).collect()
    }

    /// Whether tokens are signed with a key that both sides have. Others have key pairs.
    fn is_symmetric(&self, package: &Package) -> bool {
        let Some((place, default)) = package.algorithm else { return true };
        let mut named =
            self.given(place).filter(|(_, given)| matches!(&given.gets, Gets::Value(_))).peekable();
        if named.peek().is_none() {
            return default.starts_with("HS");
        }
        named.any(|(_, given)| match &given.gets {
            Gets::Value(value) => value.algorithms.iter().any(|algorithm| algorithm.starts_with("HS")),
            _ => false,
        })
    }
}

/// What gives a package its key.
enum Key<'a> {
    Main(&'a Module, usize),
    Own,
    Missing,
    Unknown,
}
