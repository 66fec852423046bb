//! From the name in `manage.py` to the files of settings.

use std::fs;
use std::path::{Path, PathBuf};

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, visitor::walk_body};

use super::{ProjectError, SettingsFile, bytes};
use crate::python::with_module;
use crate::settings::{Entry, Import};
use crate::source::Source;

/// The module that `manage.py` names, and the files: its own, what it takes over, and what stands beside them.
pub(super) fn settings(folder: &Path) -> Result<(String, Vec<SettingsFile>), ProjectError> {
    let manage = folder.join("manage.py");
    let named = named_modules(&manage)?;
    let found = named.iter().find_map(|module| Some((module.clone(), file_of(folder, module)?)));
    let Some((module, first)) = found else {
        return Err(ProjectError::NoSettings { manage, module: named.into_iter().next() });
    };
    Ok((module, from(first)?))
}

/// The files of another module than the one that `manage.py` names.
pub(super) fn settings_of(folder: &Path, module: &str) -> Result<Vec<SettingsFile>, ProjectError> {
    let first = file_of(folder, module).ok_or_else(|| ProjectError::NoFile { module: module.to_owned() })?;
    from(first)
}

/// The first module that a file such as `wsgi.py` names and of which there is a file.
pub(super) fn named_in(folder: &Path, file: &Path) -> Option<String> {
    named_modules(file).ok()?.into_iter().find(|module| file_of(folder, module).is_some())
}

fn from(first: PathBuf) -> Result<Vec<SettingsFile>, ProjectError> {
    let mut files = Vec::new();
    take(first, &mut files)?;
    for path in beside(&files) {
        // A file that nothing uses is no reason to stop.
        files.extend(SettingsFile::read(path, false));
    }
    Ok(files)
}

/// The modules from which settings in use import the key under another name. One that cannot be read lends nothing.
pub(super) fn lenders(files: &[SettingsFile]) -> Vec<SettingsFile> {
    let used = files.iter().filter(|file| file.is_used);
    let borrowed = used.flat_map(|file| file.settings.borrowed.iter().map(move |borrowed| (file, borrowed)));
    let lent = borrowed.filter_map(|(file, lent)| {
        SettingsFile::read_also(imported(&file.path, &lent.module)?, false, &[&lent.original]).ok()
    });
    lent.take(MOST_FILES).collect()
}

/// A file and those whose names it takes over, each once.
fn take(path: PathBuf, files: &mut Vec<SettingsFile>) -> Result<(), ProjectError> {
    if files.len() == MOST_FILES || files.iter().any(|file| file.path == path) {
        return Ok(());
    }
    let file = SettingsFile::read(path, true)?;
    let others: Vec<PathBuf> =
        file.settings.stars.iter().filter_map(|star| imported(&file.path, &star.module)).collect();
    files.push(file);
    others.into_iter().try_for_each(|other| take(other, files))
}

/// The settings files that are not in use here: the others of a package of settings, and `settings_production.py` beside
/// `settings.py`.
fn beside(files: &[SettingsFile]) -> Vec<PathBuf> {
    let mut folders: Vec<&Path> = files.iter().filter_map(|file| file.path.parent()).collect();
    folders.sort_unstable();
    folders.dedup();
    let others = folders.into_iter().flat_map(|folder| {
        let is_package = folder.file_name().is_some_and(|name| name == "settings");
        python_files(folder).into_iter().filter(move |path| is_package || is_named_settings(path))
    });
    others.filter(|path| !files.iter().any(|file| file.path == *path)).take(MOST_FILES).collect()
}

fn is_named_settings(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem.split('_').any(|word| word == "settings")
}

fn python_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "py") && path.is_file()).collect();
    files.sort();
    files
}

/// The statement with the last word in the first file: names that are taken over count where they are taken over.
pub(super) fn last_word<'a>(
    files: &'a [SettingsFile],
    sets: &dyn Fn(&Entry) -> bool,
) -> Option<(&'a SettingsFile, &'a Entry)> {
    last_in(files, files.first()?, sets, MOST_FILES)
}

fn last_in<'a>(
    files: &'a [SettingsFile],
    file: &'a SettingsFile,
    sets: &dyn Fn(&Entry) -> bool,
    depth: usize,
) -> Option<(&'a SettingsFile, &'a Entry)> {
    let depth = depth.checked_sub(1)?;
    let own = file.settings.entries.iter().filter(|entry| sets(entry) && entry.is_setting());
    let own = own.map(|entry| (entry.statement.start, (file, entry)));
    let taken = file.settings.stars.iter().filter_map(|star| {
        let path = imported(&file.path, &star.module)?;
        let other = files.iter().find(|file| file.path == path)?;
        Some((star.at, last_in(files, other, sets, depth)?))
    });
    own.chain(taken).max_by_key(|(at, _)| *at).map(|(_, found)| found)
}

/// The file that an import in another file means; only the project's own files are looked at.
pub(crate) fn imported(from: &Path, module: &Import) -> Option<PathBuf> {
    let base = match module.level {
        0 => {
            return from.ancestors().skip(1).take(DEEPEST).find_map(|folder| file_of(folder, &module.module));
        }
        level => from.ancestors().nth(level as usize)?,
    };
    file_of(base, &module.module)
}

/// Whether a module of which there is no file would be one of the project's own, so that it is nowhere else either.
pub(crate) fn is_missing(from: &Path, module: &Import) -> bool {
    let is_here =
        |root: &str| from.ancestors().skip(1).take(DEEPEST).any(|folder| folder.join(root).is_dir());
    module.level > 0 || module.module.split_once('.').is_none_or(|(root, _)| is_here(root))
}

/// `shop.settings` is `shop/settings.py` or `shop/settings/__init__.py`, at times in a folder `src`.
fn file_of(folder: &Path, module: &str) -> Option<PathBuf> {
    let relative: PathBuf = module.split('.').filter(|part| !part.is_empty()).collect();
    let bases = [folder.to_owned(), folder.join("src")];
    let candidates = bases
        .iter()
        .map(|base| base.join(&relative))
        .flat_map(|path| [path.with_extension("py"), path.join("__init__.py")]);
    candidates.into_iter().find(|path| path.is_file())
}

/// What stands after `"DJANGO_SETTINGS_MODULE"` in `manage.py` or `wsgi.py`; more than one where it chooses.
fn named_modules(file: &Path) -> Result<Vec<String>, ProjectError> {
    let bytes = bytes(file)?;
    let source = Source::decode(bytes.expose()).map_err(|_| ProjectError::Undecodable(file.to_owned()))?;
    Ok(with_module(source.text(), |module| {
        let mut texts = Texts::default();
        walk_body(&mut texts, module.body);
        let pairs = texts.0.iter().zip(texts.0.iter().skip(1));
        let named =
            pairs.filter(|(variable, module)| **variable == "DJANGO_SETTINGS_MODULE" && is_module(module));
        named.map(|(_, module)| (*module).to_owned()).collect()
    }))
}

/// The string literals of a file, in order.
#[derive(Default)]
struct Texts<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Texts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::StringLiteral(text) = expr {
            self.0.push(text.value.to_str());
        }
        walk_expr(self, expr);
    }
}

fn is_module(text: &str) -> bool {
    text.split('.').all(|part| {
        !part.is_empty() && part.chars().all(|character| character == '_' || character.is_alphanumeric())
    })
}

/// No project has more settings files.
const MOST_FILES: usize = 64;

/// How far above a file the folder lies that its imports begin from.
const DEEPEST: usize = 5;
