//! What becomes of the settings files.

use std::path::PathBuf;

use keybaton_audit::project::{Project, SettingsFile};
use keybaton_audit::source::Source;
use keybaton_audit::wire::{IfAbsent, Style, Wiring, wire};
use keybaton_core::RingName;

use super::diff::diff;
use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_files;
use crate::print::Print;

/// A settings file that is to be changed.
pub(crate) struct Rewrite<'a> {
    pub(super) file: &'a SettingsFile,
    pub(super) new: Vec<u8>,
    /// It lets the settings read the ring.
    pub(super) wires: bool,
    /// It keeps users logged in while the key changes.
    pub(super) keeps_users: bool,
}

/// What is to be done with the settings of a project.
#[derive(Default)]
pub(crate) struct Rewrites<'a> {
    pub(crate) rewrites: Vec<Rewrite<'a>>,
    pub(crate) by_hand: Vec<ByHand>,
    /// Files in which only a person can put keybaton's middleware in the place of Django's own.
    pub(super) djangos: Vec<&'a SettingsFile>,
    /// The settings in use name keybaton's already.
    pub(super) kept: bool,
    /// The settings import keybaton, so that its middleware can be named in them.
    pub(crate) has_package: bool,
}

/// A file that a person has to change.
pub(crate) struct ByHand {
    pub(crate) file: PathBuf,
    pub(crate) lines: Vec<usize>,
    pub(crate) why: Why,
}

/// Why a file is left to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It sets the key more than once, under a condition, in a class.
    Form,
    /// Another key than the ring's stands in it, which would be lost.
    OtherKey,
}

impl<'a> Rewrites<'a> {
    /// Decides for each file. Those that only tests use keep the key they have.
    pub(crate) fn plan(project: &'a Project, ring: &RingName, style: Style) -> Result<Self, Failure> {
        let mut all = Self::default();
        let is_set = project.key().is_some();
        // Where no file sets the key, the last of those in use is the one that the others take over.
        let last = project.used().last().map(|file| &file.path);
        let files = project.files.iter().filter(|file| file.is_used || !file.is_for_tests());
        for file in files.filter(|file| !project.is_taken_over(file)) {
            let lines = project.lines_of_other_keys(file);
            if !lines.is_empty() {
                all.by_hand.push(ByHand { file: file.path.clone(), lines, why: Why::OtherKey });
                continue;
            }
            let is_base = !is_set && Some(&file.path) == last;
            let absent = if is_base { IfAbsent::Append } else { IfAbsent::Leave };
            match wire(file.bytes(), &file.source, ring, style, absent) {
                Wiring::AsItIs => {}
                Wiring::Changed(new) => {
                    all.rewrites.push(Rewrite { file, new, wires: true, keeps_users: false });
                }
                Wiring::ByHand { lines } => {
                    all.by_hand.push(ByHand { file: file.path.clone(), lines, why: Why::Form });
                }
                Wiring::Broken { line } => return Err(broken(file, line)),
            }
        }
        all.has_package = style == Style::Load && all.load(project, ring);
        Ok(all.keep_users(project, ring))
    }
}

impl Rewrites<'_> {
    /// Whether any file is changed so that it reads the ring.
    pub(crate) fn wire(&self) -> bool {
        self.rewrites.iter().any(|rewrite| rewrite.wires)
    }

    /// Whether the settings in use read the ring when all is written.
    pub(crate) fn are_wired(&self) -> bool {
        self.by_hand.iter().all(|by_hand| by_hand.why == Why::OtherKey)
    }
}

impl Rewrite<'_> {
    pub(crate) fn name(&self) -> String {
        shown(&self.file.path)
    }

    /// What would change.
    pub(crate) fn diff(&self, print: &Print, ring: &RingName) -> String {
        match Source::decode(&self.new) {
            Ok(new) => diff(print, &self.name(), ring, &self.file.source, &new),
            Err(_) => String::new(),
        }
    }

    /// What changing it does.
    pub(crate) fn effects(&self) -> impl Iterator<Item = String> {
        let ring = self.wires.then(|| format!("let the settings read the ring: {}", self.name()));
        let users = self
            .keeps_users
            .then(|| format!("keep users logged in while the key changes: MIDDLEWARE in {}", self.name()));
        ring.into_iter().chain(users)
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        plain_files::replace(&self.file.path, Some(self.file.bytes()), &self.new)
    }
}

fn broken(file: &SettingsFile, line: usize) -> Failure {
    let sentence = format!("{}, line {line}: this is not valid Python", shown(&file.path));
    Failure::new(Exit::Configuration, sentence)
        .hint("mend it and run `keybaton init` again; nothing was written")
}
