//! What becomes of the settings files.

use std::path::PathBuf;

use keybaton_audit::project::{Project, SettingsFile};
use keybaton_audit::source::Source;
use keybaton_audit::wire::{IfAbsent, Style, Wiring, wire};
use keybaton_core::RingName;

use super::diff::diff;
use super::files;
use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Print;

/// A settings file that is to be changed.
pub(crate) struct Rewrite<'a> {
    file: &'a SettingsFile,
    new: Vec<u8>,
}

/// What is to be done with the settings of a project.
#[derive(Default)]
pub(crate) struct Rewrites<'a> {
    pub(crate) rewrites: Vec<Rewrite<'a>>,
    /// Files that set the key in a way that a person has to change, each with the lines.
    pub(crate) by_hand: Vec<(PathBuf, Vec<usize>)>,
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
            let is_base = !is_set && Some(&file.path) == last;
            let absent = if is_base { IfAbsent::Append } else { IfAbsent::Leave };
            match wire(file.bytes(), &file.source, ring, style, absent) {
                Wiring::AsItIs => {}
                Wiring::Changed(new) => all.rewrites.push(Rewrite { file, new }),
                Wiring::ByHand { lines } => all.by_hand.push((file.path.clone(), lines)),
                Wiring::Broken { line } => return Err(broken(file, line)),
            }
        }
        Ok(all)
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

    pub(crate) fn write(&self) -> Result<(), Failure> {
        files::replace(&self.file.path, Some(self.file.bytes()), &self.new)
    }
}

fn broken(file: &SettingsFile, line: usize) -> Failure {
    let sentence = format!("{}, line {line}: this is not valid Python", shown(&file.path));
    Failure::new(Exit::Configuration, sentence)
        .hint("mend it and run `keybaton init` again; nothing was written")
}
