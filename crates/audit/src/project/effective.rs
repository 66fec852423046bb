//! Which statements may have the last word, and what the names in them mean.

use super::modules::{imported, is_missing};
use super::origin::Line;
use super::{Project, SettingsFile};
use crate::settings::{Borrowed, Entry, Form, Import, Star};

/// A statement that may have the last word.
pub(super) struct Said<'a> {
    pub(super) file: &'a SettingsFile,
    at: usize,
    /// None where a statement may set any name.
    pub(super) entry: Option<&'a Entry>,
    /// What was said before it does not count.
    pub(super) is_certain: bool,
}

impl Said<'_> {
    pub(super) fn line(&self) -> Line {
        Line { file: self.file.path.clone(), line: self.file.source.place(self.at).line }
    }
}

impl Project {
    /// The statements that may have the last word in the module that `manage.py` names, the last one first.
    pub(super) fn effective<'a>(&'a self, sets: &dyn Fn(&Entry) -> bool) -> Vec<Said<'a>> {
        self.files.first().map_or(Vec::new(), |file| self.effective_in(file, sets, DEEPEST))
    }

    fn effective_in<'a>(
        &'a self,
        file: &'a SettingsFile,
        sets: &dyn Fn(&Entry) -> bool,
        depth: usize,
    ) -> Vec<Said<'a>> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let own = file.settings.entries.iter().filter(|entry| sets(entry) && entry.is_setting());
        let own = own.map(|entry| vec![said(file, entry)]);
        let opaque = file.settings.opaque.iter().map(|at| vec![any(file, *at)]);
        let taken = file.settings.stars.iter().map(|star| self.taken(file, star, sets, depth));
        let mut all: Vec<(usize, Vec<Said<'a>>)> = own
            .chain(opaque)
            .map(|said| (said[0].at, said))
            .chain(file.settings.stars.iter().map(|star| star.at).zip(taken))
            .collect();
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let mut effective = Vec::new();
        for said in all.into_iter().flat_map(|(_, said)| said) {
            let is_certain = said.is_certain;
            effective.push(said);
            if is_certain {
                break;
            }
        }
        effective
    }

    /// What `from .base import *` brings. A module that need not be there brings nothing where it is not.
    fn taken<'a>(
        &'a self,
        file: &'a SettingsFile,
        star: &Star,
        sets: &dyn Fn(&Entry) -> bool,
        depth: usize,
    ) -> Vec<Said<'a>> {
        let path = imported(&file.path, &star.module);
        let other = path.as_ref().and_then(|path| self.used().find(|file| file.path == *path));
        match other {
            Some(other) => {
                let mut said = self.effective_in(other, sets, depth);
                let certain = star.surroundings.is_certain();
                said.iter_mut().for_each(|said| said.is_certain &= certain);
                said
            }
            None if path.is_some() || star.module.is_harmless() => Vec::new(),
            None if star.surroundings.tried && is_missing(&file.path, &star.module) => Vec::new(),
            None => vec![any(file, star.at)],
        }
    }

    /// What gives a variable its value that the key is read from.
    pub(super) fn bindings<'a>(&'a self, file: &'a SettingsFile, name: &str) -> Vec<Said<'a>> {
        let is_binding = |entry: &&Entry| {
            entry.name == name && !matches!(entry.form, Form::Imported | Form::Argument | Form::Item)
        };
        let own = file.settings.entries.iter().filter(is_binding).map(|entry| said(file, entry));
        let lent = file.settings.borrowed.iter().filter(|lent| lent.name == name);
        let lent = lent.filter_map(|lent| Some((imported(&file.path, &lent.module)?, &lent.original)));
        let lent = lent.flat_map(|(path, original)| {
            let lender = self.lenders.iter().find(|lender| lender.path == path);
            let entries = lender
                .into_iter()
                .flat_map(|file| file.settings.entries.iter().map(move |entry| said(file, entry)));
            entries.filter(move |said| said.entry.is_some_and(|entry| entry.name == *original))
        });
        own.chain(lent).collect()
    }

    /// Whether a lookup's `env` or `config` is the one that everybody knows, and no function of the project's own.
    pub(super) fn means_what_it_says(&self, file: &SettingsFile, entry: &Entry) -> bool {
        let Some(name) = &entry.helper else { return true };
        let is_own = |file: &SettingsFile, name: &str| file.settings.own.contains(name);
        let mut imports = file.settings.helpers.iter().filter(|helper| helper.name == *name);
        let is_known = |helper: &Borrowed| {
            helper.module.is_known()
                || imported(&file.path, &helper.module)
                    .and_then(|path| SettingsFile::read(path, false).ok())
                    .is_some_and(|file| !is_own(&file, &helper.original))
        };
        imports.all(is_known) && !self.used().any(|file| is_own(file, name))
    }

    /// Whether a file takes its settings over from other settings files and says nothing of its own.
    #[must_use]
    pub fn is_taken_over(&self, file: &SettingsFile) -> bool {
        let mut settings = file.settings.entries.iter().filter(|entry| entry.is_setting()).peekable();
        let is_here = |lent: &Borrowed| {
            let path = imported(&file.path, &lent.module);
            path.is_some_and(|path| self.files.iter().any(|file| file.path == path))
        };
        let is_taken = |entry: &Entry| {
            let mut lent = file.settings.borrowed.iter().filter(|lent| lent.name == entry.name);
            entry.form == Form::Imported && lent.any(is_here)
        };
        settings.peek().is_some() && settings.all(is_taken)
    }
}

fn said<'a>(file: &'a SettingsFile, entry: &'a Entry) -> Said<'a> {
    let around = entry.surroundings;
    let is_certain = around.is_certain() && !around.tried;
    Said { file, at: entry.statement.start, entry: Some(entry), is_certain }
}

/// A statement that may set any name. What stood before it may well have been replaced.
fn any(file: &SettingsFile, at: usize) -> Said<'_> {
    Said { file, at, entry: None, is_certain: true }
}

impl Import {
    fn root(&self) -> &str {
        self.module.split('.').next().unwrap_or_default()
    }

    /// A module of Python or Django, which has no key.
    pub(crate) fn is_harmless(&self) -> bool {
        self.level == 0
            && (self.root() == "django"
                || ruff_python_stdlib::sys::is_known_standard_library(crate::python::NEWEST, self.root()))
    }

    /// One whose lookups are known here.
    fn is_known(&self) -> bool {
        self.level == 0 && matches!(self.root(), "os" | "decouple" | "environ" | "environs")
    }
}

/// No settings take each other over more often.
const DEEPEST: usize = 64;
