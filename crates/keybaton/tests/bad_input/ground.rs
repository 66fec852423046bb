//! A project with a settled ring in `.env`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    /// Without a ring yet.
    pub(crate) fn bare() -> Self {
        let ground = Self { folder: tempfile::tempdir().unwrap() };
        ground.write("manage.py", b"'DJANGO_SETTINGS_MODULE', 'settings'\n");
        ground
            .write("settings.py", b"import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n");
        ground
    }

    pub(crate) fn new() -> Self {
        let ground = Self::bare();
        ground.write(".env", b"DEBUG=1\n");
        assert!(ground.says(&["init"]).starts_with("0\n"));
        ground
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn env(&self) -> String {
        fs::read_to_string(self.path(".env")).unwrap()
    }

    /// The files that a crash left.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder()).unwrap().map(|file| file.unwrap().file_name());
        let names = names.map(|name| name.into_string().unwrap());
        names.filter(|name| name.starts_with(".keybaton-")).collect()
    }

    /// The id of the key that signs.
    pub(crate) fn signing_id(&self) -> String {
        let told = self.command(&["status"]).output().unwrap().stdout;
        let told = String::from_utf8(told).unwrap();
        let line = told.lines().find_map(|line| line.trim().strip_prefix("signing")).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    }

    /// Changes `.env` by hand.
    pub(crate) fn edit(&self, change: impl FnOnce(&str) -> String) {
        self.write(".env", change(&self.env()).as_bytes());
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        self.with(Command::new(PROGRAM), words)
    }

    /// The same behind another program that starts it: strace, unshare.
    pub(crate) fn behind(&self, before: &[&str], words: &[&str]) -> Command {
        let mut command = Command::new(before[0]);
        command.args(&before[1..]).arg(PROGRAM);
        self.with(command, words)
    }

    fn with(&self, mut command: Command, words: &[&str]) -> Command {
        command.args(words).current_dir(self.folder()).stdin(Stdio::null());
        for variable in ["KEYBATON_ENV", "KEYBATON_STORE", "SECRET_KEY"] {
            command.env_remove(variable);
        }
        command
    }

    /// The exit code, then what was said.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        self.told(&self.command(words).output().unwrap())
    }

    /// What a command that writes, one that starts a program and one that looks say.
    pub(crate) fn all_say(&self) -> String {
        let commands = [&["rotate", "--new"][..], &["run", "--", "true"], &["status"]];
        let said = commands.map(|words| format!("$ keybaton {}\n{}", words.join(" "), self.says(words)));
        said.join("\n")
    }

    pub(crate) fn told(&self, output: &Output) -> String {
        let said = String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap();
        let code = output.status.code().map_or_else(|| "killed".to_owned(), |code| code.to_string());
        let said = said.trim_end().replace(&*self.folder().to_string_lossy(), "[here]");
        format!("{code}\n{}", without_ids_and_moments(&said))
    }
}

/// Random ids become ID, moments TIME, distances are left out.
fn without_ids_and_moments(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && !"-:".contains(c));
    let words: String = words.map(shown).collect();
    let words = words.replace("just now)", " ago)");
    words.lines().map(without_distance).collect::<Vec<_>>().join("\n")
}

/// `TIME (2s ago)` becomes `TIME`.
fn without_distance(line: &str) -> String {
    let parts = line.split_once(" (").and_then(|(before, rest)| Some((before, rest.split_once(" ago)")?.1)));
    parts.map_or(line, |(before, _)| before).to_owned() + parts.map_or("", |(_, after)| after)
}

fn shown(word: &str) -> String {
    let (name, end) = word.split_at(word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).len());
    let is_id = name.len() == 10 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_moment = name.len() == 20 && name.ends_with('Z') && name.as_bytes()[10] == b'T';
    match () {
        () if is_id => format!("ID{end}"),
        () if is_moment => format!("TIME{end}"),
        () => word.to_owned(),
    }
}

/// Whether tests may change owners. Only root can; somebody else must say that these tests shall be left out.
pub(crate) fn may_change_owners() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    let left_out = std::env::var_os("KEYBATON_TESTS_WITHOUT_ROOT").is_some();
    assert!(
        is_root || left_out,
        "run this test as root, or set KEYBATON_TESTS_WITHOUT_ROOT=1 to leave it out"
    );
    is_root
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_keybaton");
pub(crate) const NOBODY: u32 = 65_534;
