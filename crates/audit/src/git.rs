//! What git says about a file: does it track it, would it leave it out?
//!
//! The git program is asked, because only it knows all the places that its rules come from: nested files, the user's own
//! excludes, sparse and linked work trees.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Write};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

/// A work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git {
    top: PathBuf,
}

/// Git could not be asked.
#[derive(Debug)]
pub enum GitError {
    /// There is no such program.
    NotInstalled,
    /// It could not be run.
    Unusable(io::Error),
    /// It refused; this is the first line of what it said.
    Refused(String),
}

/// The line of a `.gitignore` that leaves out the file at this path below it, and no other of its name.
#[must_use]
pub fn ignore_line(file: &Path) -> String {
    let special = |c: char| matches!(c, '*' | '?' | '[' | '\\' | ' ');
    let name = file.display().to_string().replace(MAIN_SEPARATOR, "/");
    let escaped = name.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c]));
    format!("/{}", escaped.collect::<String>())
}

impl Git {
    /// The work tree that a folder lies in, if any.
    #[must_use]
    pub fn at(folder: &Path) -> Option<Self> {
        let folder = std::path::absolute(folder).ok()?;
        let top = folder.ancestors().find(|above| above.join(".git").exists())?;
        Some(Self { top: top.to_owned() })
    }

    /// Its uppermost folder.
    #[must_use]
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Those of the files that git tracks: they are in its index, and most likely in its history.
    pub fn tracked(&self, files: &[PathBuf]) -> Result<BTreeSet<PathBuf>, GitError> {
        let inside = self.inside(files);
        if inside.is_empty() {
            return Ok(BTreeSet::new());
        }
        let names = inside.iter().map(|(name, _)| name);
        let answer = answer(self.command(&["--literal-pathspecs", "ls-files", "-z", "--"]).args(names), &[])?;
        Ok(among(&inside, &answer))
    }

    /// Those of the files that git's rules leave out, whether it tracks them or not.
    pub fn ignored(&self, files: &[PathBuf]) -> Result<BTreeSet<PathBuf>, GitError> {
        let inside = self.inside(files);
        let names: Vec<Vec<u8>> = inside.iter().map(|(name, _)| as_git_writes(name)).collect();
        let mut command = self.command(&["check-ignore", "--no-index", "-z", "--stdin"]);
        let answer = answer(&mut command, &names.join(&0))?;
        Ok(among(&inside, &answer))
    }

    /// The files of this work tree, each with its name from the top down.
    fn inside<'a>(&self, files: &'a [PathBuf]) -> Vec<(PathBuf, &'a PathBuf)> {
        let named = files.iter().filter_map(|file| {
            let whole = std::path::absolute(file).ok()?;
            Some((whole.strip_prefix(&self.top).ok()?.to_owned(), file))
        });
        named.collect()
    }

    /// Nothing in the repository's configuration may run a program, and nothing in the environment may point git elsewhere.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.top).args(["-c", "core.fsmonitor=false"]).args(words);
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
            command.env_remove(variable);
        }
        command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        command
    }
}

fn among(inside: &[(PathBuf, &PathBuf)], answer: &[u8]) -> BTreeSet<PathBuf> {
    let named: BTreeSet<&[u8]> = answer.split(|byte| *byte == 0).collect();
    let meant = inside.iter().filter(|(name, _)| named.contains(&as_git_writes(name)[..]));
    meant.map(|(_, file)| (*file).clone()).collect()
}

/// A name from the top of the work tree down, with slashes on every system.
fn as_git_writes(name: &Path) -> Vec<u8> {
    let parts: Vec<&[u8]> = name.iter().map(OsStr::as_encoded_bytes).collect();
    parts.join(&b'/')
}

/// What git prints when it is given `input`. 1 is its way to say that nothing was found.
fn answer(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, GitError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.spawn().and_then(|child| fed(child, input)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => GitError::NotInstalled,
        _ => GitError::Unusable(error),
    })?;
    match output.status.code() {
        Some(0 | 1) => Ok(output.stdout),
        _ => Err(GitError::Refused(first_line(&output.stderr))),
    }
}

/// Writes and reads at once: git answers before it has read all. Where it stops reading, its exit code says why.
fn fed(mut child: Child, input: &[u8]) -> io::Result<Output> {
    let stdin = child.stdin.take();
    thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output()
    })
}

fn first_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned()
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => f.write_str("the program git is not installed"),
            Self::Unusable(_) => f.write_str("the program git cannot be run"),
            Self::Refused(said) => write!(f, "git says: {said}"),
        }
    }
}

impl std::error::Error for GitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unusable(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        git(&folder, &["init", "--quiet"]);
        folder
    }

    fn git(folder: &tempfile::TempDir, words: &[&str]) {
        let status = Command::new("git").arg("-C").arg(folder.path()).args(words).status().unwrap();
        assert!(status.success(), "git {words:?}");
    }

    #[test]
    fn a_tracked_file_is_told_from_one_that_is_only_there() {
        let folder = repository();
        let [tracked, other] = ["a b.env", ".env"].map(|name| folder.path().join(name));
        fs::write(&tracked, "A=1\n").unwrap();
        fs::write(&other, "A=1\n").unwrap();
        git(&folder, &["add", "a b.env"]);
        let found = Git::at(folder.path()).unwrap().tracked(&[tracked.clone(), other]).unwrap();
        assert_eq!(found, BTreeSet::from([tracked]));
    }

    #[test]
    fn nested_rules_and_exceptions_decide_what_is_ignored() {
        let folder = repository();
        fs::create_dir(folder.path().join("shop")).unwrap();
        fs::write(folder.path().join(".gitignore"), "*.env\n").unwrap();
        fs::write(folder.path().join("shop/.gitignore"), "!.env\n").unwrap();
        let [top, shop] = [".env", "shop/.env"].map(|name| folder.path().join(name));
        let found = Git::at(&folder.path().join("shop")).unwrap().ignored(&[top.clone(), shop]).unwrap();
        assert_eq!(found, BTreeSet::from([top]));
    }

    #[test]
    fn a_tracked_file_can_be_ignored_too() {
        let folder = repository();
        let file = folder.path().join(".env");
        fs::write(&file, "A=1\n").unwrap();
        git(&folder, &["add", ".env"]);
        fs::write(folder.path().join(".gitignore"), ".env\n").unwrap();
        let here = Git::at(folder.path()).unwrap();
        assert_eq!(here.ignored(std::slice::from_ref(&file)).unwrap(), BTreeSet::from([file.clone()]));
        assert_eq!(here.tracked(std::slice::from_ref(&file)).unwrap(), BTreeSet::from([file]));
    }

    #[test]
    fn files_elsewhere_and_folders_without_git_are_no_error() {
        let (folder, elsewhere) = (repository(), tempfile::tempdir().unwrap());
        let file = elsewhere.path().join(".env");
        let here = Git::at(folder.path()).unwrap();
        assert!(here.tracked(std::slice::from_ref(&file)).unwrap().is_empty());
        assert!(here.ignored(&[file]).unwrap().is_empty());
        assert_eq!(Git::at(elsewhere.path()), None);
    }

    #[test]
    fn what_git_says_is_passed_on() {
        let folder = repository();
        fs::write(folder.path().join(".git/config"), "[core\n").unwrap();
        let error = Git::at(folder.path()).unwrap().tracked(&[folder.path().join(".env")]).unwrap_err();
        assert_eq!(error.to_string(), "git says: bad config line 1 in file .git/config");
    }
}
