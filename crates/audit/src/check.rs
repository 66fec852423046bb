//! Walk, read, let the rules look.

mod copied;
mod deployed;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use keybaton_core::RingName;
use keybaton_files::{FileError, FileErrorKind, Leftover, Limits, leftovers, read};
use memchr::memmem::Finder;

use crate::deploy::Names;
use crate::finding::{At, Finding};
use crate::gaps::gaps;
use crate::git::{Git, GitError};
use crate::packages::Module;
use crate::project::modules::imported;
use crate::settings::Settings;
use crate::source::Source;
use crate::suppression::Suppressions;
use crate::tree::{IgnoreFile, KnownKeys, Tree, Unexamined};
use crate::{EnvFile, GitSays, PythonFile, RULES, walk};

/// What was found, and what could not be looked at.
#[derive(Debug)]
pub struct Report {
    /// What is not as it should be, by file and line.
    pub findings: Vec<Finding>,
    /// What could not be looked at, so nothing is said about it.
    pub unexamined: Vec<Unexamined>,
    /// Comments that name a rule which does not exist, each with its place.
    pub unknown_rules: Vec<(At, String)>,
    /// How many files were looked at.
    pub files: usize,
}

/// Checks files and folders. `rings` are the names that keys have besides `SECRET_KEY`; `known` are the keys of the stores.
#[must_use]
pub fn check(root: &Path, from: &[PathBuf], rings: &[RingName], known: Vec<KnownKeys>) -> Report {
    let tree = Tree::read(root, from, rings, known);
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule.look(&tree)).collect();
    let silenced = Silenced::of(&tree);
    findings.retain(|finding| !silenced.covers(finding));
    findings.sort_by(|a, b| (&a.at, a.rule).cmp(&(&b.at, b.rule)));
    findings.dedup();
    Report { findings, unknown_rules: silenced.unknown(), unexamined: tree.unexamined, files: tree.files }
}

impl Tree {
    fn read(root: &Path, from: &[PathBuf], rings: &[RingName], known: Vec<KnownKeys>) -> Self {
        let files = walk::files(from);
        let leftovers = files.leftovers.into_iter().chain(beside(&known));
        let leftovers = leftovers.map(|leftover| leftover.seen_from(root)).collect();
        let mut tree = Self { known, leftovers, unexamined: files.unreachable, ..Self::default() };
        for path in &files.python {
            tree.read_python(root, path);
        }
        tree.follow_names(root);
        let rings = tree.ring_names(rings);
        for path in &files.env {
            tree.read_env(root, path, &rings);
        }
        let names = Names::new(&rings, &tree.known);
        for path in &files.deploy {
            tree.read_deploy(root, path, &names);
        }
        tree.read_named_env(root, &rings);
        tree.ask_git(root);
        tree.read_copies(root, files.others.iter().chain(&files.python).chain(&files.deploy));
        let gaps = gaps(&tree, root);
        tree.unexamined.extend(gaps);
        tree
    }

    fn read_python(&mut self, root: &Path, path: &Path) {
        let Some(bytes) = self.bytes(root, path) else { return };
        self.modules.extend(Module::of(relative(root, path), absolute(path), &bytes));
        if Finder::new(b"SECRET_KEY").find(&bytes).is_none()
            && Finder::new(b"secret_key").find(&bytes).is_none()
        {
            return;
        }
        self.parse(root, path, &bytes, &[]);
    }

    fn parse(&mut self, root: &Path, path: &Path, bytes: &[u8], also: &[&str]) {
        let Ok(source) = Source::decode(bytes) else {
            return self.unexamined(root, path, "it is not text in the encoding that it says it has");
        };
        let settings = Settings::of(&source, also);
        if let Some(error) = settings.errors.first() {
            let line = source.place(*error).line;
            self.unexamined(root, path, &format!("line {line} is not valid Python; the rest was looked at"));
        }
        let path = relative(root, path);
        if !settings.entries.is_empty() {
            self.python.retain(|file| file.path != path);
            self.python.push(PythonFile { path, source, settings });
        }
    }

    /// Reads the files from which settings take the key under another name.
    fn follow_names(&mut self, root: &Path) {
        let mut borrowed: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        for file in self.python.iter().filter(|file| !file.is_for_tests()) {
            for lent in &file.settings.borrowed {
                if let Some(path) = imported(&root.join(&file.path), &lent.module) {
                    borrowed.entry(path).or_default().push(lent.original.clone());
                }
            }
        }
        for (path, names) in borrowed {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if let Some(bytes) = self.bytes(root, &path) {
                self.parse(root, &path, &bytes, &names);
            }
        }
        self.python.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// The names that keys have in the environment: the usual ones, the configured ones, those that settings look up.
    fn ring_names(&self, configured: &[RingName]) -> Vec<RingName> {
        let looked_up = self.python.iter().filter(|file| !file.is_for_tests());
        let looked_up = looked_up.flat_map(|file| file.settings.variables());
        let usual = ["SECRET_KEY", "DJANGO_SECRET_KEY"];
        let mut names: Vec<RingName> =
            usual.into_iter().chain(looked_up).filter_map(|name| name.parse().ok()).collect();
        names.extend_from_slice(configured);
        names.sort();
        names.dedup();
        names
    }

    fn read_env(&mut self, root: &Path, path: &Path, rings: &[RingName]) {
        let Some(bytes) = self.bytes(root, path) else { return };
        let Ok(source) = Source::decode(&bytes) else {
            return self.unexamined(root, path, "it is not UTF-8 text");
        };
        self.env_files.extend(EnvFile::of(relative(root, path), absolute(path), source, rings));
    }

    fn ask_git(&mut self, root: &Path) {
        let Some(git) = Git::at(root) else { return };
        self.ignore_file = Some(IgnoreFile::of(git.top(), root));
        let files: Vec<PathBuf> = self.env_files.iter().map(|file| file.absolute.clone()).collect();
        let asked = git.tracked(&files).and_then(|tracked| Ok((tracked, git.ignored(&files)?)));
        match asked {
            Ok((tracked, ignored)) => self.env_files.iter_mut().for_each(|file| {
                let [tracked, ignored] = [&tracked, &ignored].map(|named| named.contains(&file.absolute));
                file.git = Some(GitSays { tracked, ignored });
            }),
            Err(error) => self.unexamined.push(unasked(&error)),
        }
    }

    /// None where there is nothing to look at; a file that vanished meanwhile is no matter.
    fn bytes(&mut self, root: &Path, path: &Path) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        self.bytes_of(root, path, LONGEST_FILE)
    }

    fn bytes_of(&mut self, root: &Path, path: &Path, longest: usize) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        self.files += 1;
        match read(path, Limits { bytes: longest, silence: Duration::ZERO }) {
            Ok(content) => Some(content.into_bytes()),
            Err(error) if is_no_matter(&error) => None,
            Err(error) => {
                self.unexamined(root, path, &because(&error, longest));
                None
            }
        }
    }

    fn unexamined(&mut self, root: &Path, path: &Path, why: &str) {
        self.unexamined
            .push(Unexamined { what: relative(root, path).display().to_string(), why: why.to_owned() });
    }
}

/// What crashed writers left beside the stores, which may lie outside of what is looked at.
fn beside(known: &[KnownKeys]) -> impl Iterator<Item = Leftover> {
    let stores = known.iter().filter_map(|known| known.file.as_deref());
    let folders = stores.filter_map(|store| if store.is_dir() { Some(store) } else { store.parent() });
    folders.flat_map(leftovers)
}

/// A pipe in the place of a .env file is filled by a password manager, for the program alone.
fn is_no_matter(error: &FileError) -> bool {
    matches!(error.kind(), FileErrorKind::NotFound | FileErrorKind::NotAFile | FileErrorKind::Silent)
}

fn because(error: &FileError, longest: usize) -> String {
    match error.kind() {
        FileErrorKind::TooLarge => format!("it is larger than {longest} bytes"),
        FileErrorKind::Denied => "you may not read it".to_owned(),
        _ => error.to_string(),
    }
}

fn unasked(error: &GitError) -> Unexamined {
    Unexamined { what: "what git tracks and leaves out".to_owned(), why: error.to_string() }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| without_dots(&path))
}

/// As git and the configuration name it. Where a link lies before the dots, they name another file, and nobody types that.
fn without_dots(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            part => path.push(part),
        }
        path
    })
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

/// What comments ask to be silent about, file by file.
struct Silenced<'a>(BTreeMap<&'a Path, Suppressions>);

impl<'a> Silenced<'a> {
    fn of(tree: &'a Tree) -> Self {
        let python = tree.python.iter().map(|file| (file.path.as_path(), &file.source));
        let modules = tree.modules.iter().map(|module| (module.path.as_path(), &module.source));
        let env = tree.env_files.iter().map(|file| (file.path.as_path(), &file.source));
        let deploy = tree.deploy.iter().map(|file| (file.path.as_path(), &file.source));
        let copies = tree.copies.iter().map(|file| (file.path.as_path(), &file.source));
        let all = python.chain(modules).chain(env).chain(deploy).chain(copies);
        Self(all.map(|(path, source)| (path, Suppressions::of(source))).collect())
    }

    fn covers(&self, finding: &Finding) -> bool {
        let At::Place(file, place) = &finding.at else { return false };
        self.0.get(file.as_path()).is_some_and(|comments| comments.covers(place.line, finding.rule))
    }

    fn unknown(&self) -> Vec<(At, String)> {
        let is_known = |name: &str| RULES.iter().any(|rule| rule.id == name);
        let named = self
            .0
            .iter()
            .flat_map(|(file, comments)| comments.named().map(move |(line, rule)| (*file, line, rule)));
        let unknown = named.filter(|(_, _, rule)| !is_known(rule));
        unknown
            .map(|(file, line, rule)| {
                (At::Place(file.to_owned(), crate::source::Place { line, column: 1 }), rule.to_owned())
            })
            .collect()
    }
}

/// Settings and .env files are shorter.
const LONGEST_FILE: usize = 1 << 20;
