//! Keeping the file of keys out of source control.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use keybaton_audit::git::{Git, GitError, ignore_line};
use keybaton_files::TEMPORARY_FILES;

use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_files;

/// What git has to be told, and what it knows already.
#[derive(Debug)]
pub(crate) struct Guard {
    ignore_file: PathBuf,
    old: Option<String>,
    lines: Vec<String>,
    /// What git must leave out, and git, where it could be asked.
    files: Vec<PathBuf>,
    git: Option<Git>,
    /// The file of keys, where git tracks it: whoever has the repository has what stands in it.
    pub(crate) tracked: Option<PathBuf>,
    /// Why git could not be asked; its rules were read here instead.
    pub(crate) unasked: Option<GitError>,
}

impl Guard {
    /// Looks at the files of keys as git sees them. In the project they are guarded without a repository too: there may be one
    /// tomorrow.
    pub(crate) fn look(secrets: &[PathBuf], project: &Path) -> Result<Option<Self>, Failure> {
        // The folder of the keys may have to be made yet.
        let folders = secrets.first().into_iter().flat_map(|first| first.ancestors().skip(1));
        let Some(folder) = folders.into_iter().find(|folder| folder.is_dir()) else { return Ok(None) };
        let git = Git::at(folder);
        if git.is_none() && !folder.starts_with(project) {
            return Ok(None);
        }
        let ignore_file = ignore_file(folder, git.as_ref());
        let old = plain_files::read_text(&ignore_file)?;
        let temporary = folder.join(TEMPORARY_FILES.replace('*', "0123456789abcdef"));
        let mut files = secrets.to_vec();
        files.push(temporary);
        let (asked, unasked) = match git.as_ref().map(|git| ask(git, &files)).transpose() {
            Ok(asked) => (asked, None),
            Err(error) => (None, Some(error)),
        };
        let git = git.filter(|_| unasked.is_none());
        let Asked { tracked, ignored } = asked.unwrap_or_default();
        let lines = secrets.iter().map(|secret| (secret, own_line(secret, &ignore_file)));
        let lines = lines.chain(files.last().map(|file| (file, TEMPORARY_FILES.to_owned())));
        // A line that stands there says little: a later one may take it back, and only git knows.
        let stands = |line: &str| git.is_none() && old.as_deref().is_some_and(|old| has_line(old, line));
        let lines = lines.filter(|(file, line)| !ignored.contains(*file) && !stands(line));
        let lines = lines.map(|(_, line)| line).collect();
        let tracked = tracked.into_iter().next();
        Ok(Some(Self { ignore_file, lines, files, git, tracked, unasked, old }))
    }

    /// What has to be written, as the user is told.
    pub(crate) fn wanted(&self) -> Option<String> {
        let lines = self.lines.join(" and ");
        (!self.lines.is_empty()).then(|| format!("leave {lines} out of git: {}", shown(&self.ignore_file)))
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let old = self.old.as_deref();
        let new = with_lines(old.unwrap_or_default(), &self.lines);
        plain_files::replace(&self.ignore_file, old.map(str::as_bytes), new.as_bytes())?;
        self.prove()
    }

    /// Asks git whether the lines do what they are for, before a key is in the file.
    fn prove(&self) -> Result<(), Failure> {
        let Some(git) = &self.git else { return Ok(()) };
        let asked = ask(git, &self.files);
        let Asked { ignored, .. } = asked.map_err(|error| {
            Failure::new(Exit::Refused, "cannot ask git what it leaves out").because(error)
        })?;
        match self.files.iter().find(|file| file.starts_with(git.top()) && !ignored.contains(*file)) {
            None => Ok(()),
            Some(file) => Err(not_left_out(file, &self.ignore_file)),
        }
    }
}

/// What git answered.
#[derive(Default)]
struct Asked {
    tracked: BTreeSet<PathBuf>,
    ignored: BTreeSet<PathBuf>,
}

fn not_left_out(file: &Path, ignore_file: &Path) -> Failure {
    let (file, ignore_file) = (shown(file), shown(ignore_file));
    Failure::new(Exit::Refused, format!("git takes {file} in, whatever {ignore_file} says"))
        .hint("no key was written: keep it under a plainer name, or outside of the repository")
}

fn ask(git: &Git, files: &[PathBuf]) -> Result<Asked, GitError> {
    Ok(Asked { tracked: git.tracked(files)?, ignored: git.ignored(files)? })
}

/// The nearest `.gitignore` of the repository, else one beside the file.
fn ignore_file(folder: &Path, git: Option<&Git>) -> PathBuf {
    let top = git.map_or(folder, Git::top);
    let inside = folder.ancestors().take_while(|above| above.starts_with(top));
    let there = inside.map(|folder| folder.join(NAME)).find(|file| file.exists());
    there.unwrap_or_else(|| folder.join(NAME))
}

/// The file's name from the folder of the `.gitignore` down.
fn own_line(secret: &Path, ignore_file: &Path) -> String {
    let from = ignore_file.parent().unwrap_or(Path::new(""));
    ignore_line(secret.strip_prefix(from).unwrap_or(secret))
}

/// Whether the line, or a usual one that says as much, stands there. Only where git cannot be asked.
fn has_line(old: &str, line: &str) -> bool {
    let is_env_file = line.ends_with("/.env");
    old.lines().map(str::trim).any(|stands| stands == line || is_env_file && COMMON.contains(&stands))
}

/// A `.gitignore` with more lines. What stands there stays as it is, its line endings too.
fn with_lines(old: &str, lines: &[String]) -> String {
    let ending = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if old.is_empty() || old.ends_with('\n') { "" } else { ending };
    let lines: String = lines.iter().map(|line| format!("{line}{ending}")).collect();
    format!("{old}{gap}{lines}")
}

const NAME: &str = ".gitignore";

/// Lines that leave a .env file out, as templates write them.
const COMMON: [&str; 3] = [".env", "*.env", ".env*"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_in_the_way_of_the_file() {
        let with_line = |old| with_lines(old, &["/.env".to_owned()]);
        assert_eq!(with_line(""), "/.env\n");
        assert_eq!(with_line("*.pyc\n"), "*.pyc\n/.env\n");
        assert_eq!(with_line("*.pyc"), "*.pyc\n/.env\n");
        assert_eq!(with_line("*.pyc\r\n"), "*.pyc\r\n/.env\r\n");
    }
}
