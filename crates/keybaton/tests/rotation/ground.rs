//! Projects to rotate in.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use keybaton_core::time::Timestamp;
use keybaton_core::{Change, Reading, Revision, SecretText, Stamp, Texts, read};

/// A folder with a manage.py and settings that load the ring.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { folder };
        fs::write(project.path("manage.py"), "DJANGO_SETTINGS_MODULE = 'DJANGO_SETTINGS_MODULE', 'settings'")
            .unwrap();
        let settings = "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n";
        fs::write(project.path("settings.py"), settings).unwrap();
        project
    }

    pub(crate) fn begun() -> Self {
        let project = Self::new();
        project.says(&["init"]);
        project
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// One more line for the environment in keybaton.toml.
    pub(crate) fn configure(&self, line: &str) {
        fs::write(self.path("keybaton.toml"), format!("{}{line}\n", self.read("keybaton.toml"))).unwrap();
    }

    pub(crate) fn set_propagation(&self, span: &str) {
        let text =
            self.read("keybaton.toml").replace("propagation = \"0s\"", &format!("propagation = \"{span}\""));
        fs::write(self.path("keybaton.toml"), text).unwrap();
    }

    /// The exit code, then what was said; ids and moments are replaced by what they stand for.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        self.told(&self.program(words).output().unwrap())
    }

    /// The same with something on standard input.
    pub(crate) fn says_to(&self, words: &[&str], input: &str) -> String {
        let mut child = self.program(words).stdin(Stdio::piped()).spawn().unwrap();
        // Whoever refuses its arguments reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.told(&child.wait_with_output().unwrap())
    }

    pub(crate) fn program(&self, words: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
        program.args(words).current_dir(self.folder.path()).env_remove("KEYBATON_ENV");
        program.env_remove("KEYBATON_STORE").stdin(Stdio::null());
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }

    /// A folder of texts as a kill leaves it after the first text of a change: the record says what was under way.
    pub(crate) fn cut_short(&self, folder: &str, change: Change) {
        let text = |name: &str| self.read(&format!("{folder}/{name}"));
        let texts = Texts {
            signing: Some(SecretText::new(text("SECRET_KEY"))),
            fallbacks: Some(SecretText::new(text("SECRET_KEY_FALLBACKS"))),
            record: Some(text("SECRET_KEY_RING")),
        };
        let Reading::Whole(ring) = read(texts) else { panic!("a ring in order") };
        let mut bytes = 0..=u8::MAX;
        let mut random = |into: &mut [u8]| into.fill_with(|| bytes.next().unwrap_or_default());
        let now = Timestamp(ring.head.written.0 + 1);
        let mut stamp = Stamp { now, floor: Revision::default(), reason: None, random: &mut random };
        let (_, writes) = ring.change(change, &mut stamp).unwrap();
        fs::write(self.path(&format!("{folder}/SECRET_KEY_RING")), writes.steps[0].text.expose()).unwrap();
    }

    pub(crate) fn git(&self, words: &[&str]) {
        let status = Command::new("git").args(words).current_dir(self.folder.path()).status().unwrap();
        assert!(status.success());
    }

    pub(crate) fn told(&self, output: &Output) -> String {
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said =
            String::from_utf8(said).unwrap().replace(&self.folder.path().display().to_string(), "FOLDER");
        format!("{}\n{}", output.status.code().unwrap(), told(&said))
    }
}

/// Keys become K1, K2 … in the order in which they are named, rings RING1 …, moments TIME.
fn told(text: &str) -> String {
    let mut told = text.to_owned();
    for (length, name) in [(10, "K"), (20, "RING")] {
        for (at, id) in ids(text, length).iter().enumerate() {
            told = told.replace(id, &format!("{name}{}", at + 1));
        }
    }
    let lines: Vec<String> = told.lines().map(without_moment).collect();
    lines.join("\n")
}

/// Each id of this length once.
fn ids(text: &str, length: usize) -> Vec<String> {
    let is_id = |word: &&str| {
        word.len() == length && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let mut ids: Vec<String> = Vec::new();
    for id in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_id) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// `2026-11-24T02:04:41Z (in 14d)` becomes `TIME`.
fn without_moment(line: &str) -> String {
    let is_moment = |at: &usize| {
        let text = line.as_bytes().get(*at..*at + 20);
        text.is_some_and(|text| text[4] == b'-' && text[10] == b'T' && text[19] == b'Z')
    };
    let Some(at) = (0..line.len()).find(is_moment) else { return line.to_owned() };
    let mut rest = &line[at + 20..];
    if let Some(distance) = rest.strip_prefix(" (") {
        rest = distance.split_once(')').map_or("", |(_, rest)| rest);
    }
    format!("{}TIME{}", &line[..at], without_moment(rest))
}
