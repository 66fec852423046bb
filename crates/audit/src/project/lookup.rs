//! What a name stands for, in the module where it is used and in those that lend it.

use std::path::Path;

use super::ending::Ending;
use super::evaluation::Evaluation;
use super::modules::imported;
use super::names::{Names, Value};
use super::source;
use crate::python::with_module;
use crate::settings::Import;

impl<'a> Evaluation<'a, '_> {
    /// The path that a name stands for.
    pub(super) fn named(&mut self, name: &str, place: usize) -> Option<Ending> {
        if name == "__file__" {
            return Some(Ending::file(self.file));
        }
        let meanings = self.meanings(name, place);
        if meanings.is_empty() { Ending::believed(name) } else { Ending::one_of(meanings) }
    }

    /// All that a name may stand for, None where that cannot be told.
    fn meanings(&mut self, name: &str, place: usize) -> Vec<Option<Ending>> {
        let names = self.names;
        let (values, is_of_module) = names.at(name, place);
        // `BASE_DIR = BASE_DIR.parent` builds on what was set before.
        let mut within = self.trail.within.iter().rev();
        let this = within.find(|(file, known, _)| file == self.file && known == name);
        let earlier = this.map_or(values.len(), |(_, _, at)| *at);
        let mut meanings = Vec::new();
        for (at, value) in values.into_iter().enumerate().take(earlier) {
            self.trail.within.push((self.file.to_owned(), name.to_owned(), at));
            meanings.push(self.value(value));
            self.trail.within.pop();
        }
        for star in names.stars.iter().filter(|_| is_of_module) {
            if let Some(path) = imported(self.file, star) {
                meanings.extend(self.elsewhere(&path, name));
            }
        }
        meanings
    }

    fn value(&mut self, value: &'a Value<'a>) -> Option<Ending> {
        match value {
            Value::Is(expr) => self.ending(expr),
            Value::Imported(module, Some(original)) => self.lent(module, original),
            Value::Imported(_, None) | Value::Unknown => None,
        }
    }

    /// A name of another module.
    fn lent(&mut self, module: &Import, name: &str) -> Option<Ending> {
        let meanings = match imported(self.file, module) {
            Some(path) => self.elsewhere(&path, name),
            None => Vec::new(),
        };
        if meanings.is_empty() { Ending::believed(name) } else { Ending::one_of(meanings) }
    }

    fn elsewhere(&mut self, file: &Path, name: &str) -> Vec<Option<Ending>> {
        let asked = (file.to_owned(), name.to_owned());
        if self.trail.asked.contains(&asked) {
            return Vec::new();
        }
        self.trail.asked.push(asked);
        let meanings = self.meanings_in(file, name);
        self.trail.asked.pop();
        meanings
    }

    fn meanings_in(&mut self, file: &Path, name: &str) -> Vec<Option<Ending>> {
        let Some(left) = self.trail.files.checked_sub(1) else { return vec![None] };
        self.trail.files = left;
        let Some(source) = source(file) else { return vec![None] };
        let trail = &mut *self.trail;
        with_module(source.text(), |module| {
            let names = Names::of(module.body);
            Evaluation { file, names: &names, trail }.meanings(name, OUTSIDE)
        })
    }

    /// `base.BASE_DIR`
    pub(super) fn of_module(&mut self, module: &str, place: usize, name: &str) -> Option<Ending> {
        match *self.names.at(module, place).0 {
            [] => Ending::believed(name),
            [Value::Imported(from, module)] => self.lent(&inner(from, *module), name),
            _ => None,
        }
    }
}

/// The module that a name stands for: `base` after `from . import base`.
fn inner(from: &Import, module: Option<&str>) -> Import {
    let parts = [Some(from.module.as_str()), module].into_iter().flatten().filter(|part| !part.is_empty());
    Import { level: from.level, module: parts.collect::<Vec<_>>().join(".") }
}

/// A place that is in no function.
const OUTSIDE: usize = usize::MAX - 1;
