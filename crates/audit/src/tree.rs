//! Everything that the rules look at, read once.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use keybaton_core::SecretText;
use keybaton_core::shell::quoted;
use keybaton_files::Leftover;

use crate::deploy::DeployFile;
use crate::finding::At;
use crate::packages::Module;
use crate::source::Source;
use crate::{EnvFile, EnvKey, PythonFile};

/// A folder, as far as it is about the key.
#[derive(Debug, Default)]
pub struct Tree {
    /// The Python files that set the key.
    pub python: Vec<PythonFile>,
    /// The Python files that are about packages which use the key, or take settings over.
    pub(crate) modules: Vec<Module>,
    /// The .env files that hold a key.
    pub env_files: Vec<EnvFile>,
    /// The deploy files that are about the key.
    pub deploy: Vec<DeployFile>,
    /// Further files that hold a key in use.
    pub(crate) copies: Vec<Copied>,
    /// The uppermost `.gitignore`; nothing where there is no repository.
    pub ignore_file: Option<IgnoreFile>,
    /// The keys of the rings that the configuration names.
    pub known: Vec<KnownKeys>,
    /// What crashed writers left, here and beside the stores.
    pub leftovers: Vec<Leftover>,
    /// What could not be looked at.
    pub unexamined: Vec<Unexamined>,
    /// How many files were looked at.
    pub files: usize,
}

/// A file of no kind that holds a key in use.
#[derive(Debug)]
pub(crate) struct Copied {
    /// Its path from the folder that is checked.
    pub(crate) path: PathBuf,
    /// Its text, as far as it is one.
    pub(crate) source: Source,
}

/// Where a line goes that keeps a file out of git, whether there is such a file yet or not.
#[derive(Debug)]
pub struct IgnoreFile {
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// How it is named from the folder where the command is typed.
    pub path: PathBuf,
    /// Whether its last line has an end, so that another one can follow.
    pub is_ended: bool,
}

impl IgnoreFile {
    /// The one at the top of a work tree.
    pub(crate) fn of(top: &Path, root: &Path) -> Self {
        let file = top.join(".gitignore");
        let is_ended = last_byte(&file).is_none_or(|last| last == b'\n');
        let path = file.strip_prefix(root).unwrap_or(&file).to_owned();
        Self { folder: top.to_owned(), path, is_ended }
    }
}

fn last_byte(path: &Path) -> Option<u8> {
    let mut file = File::open(path).ok()?;
    let mut last = [0];
    file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).ok()?;
    Some(last[0])
}

/// The keys of one ring in one environment, as its store holds them.
#[derive(Debug)]
pub struct KnownKeys {
    /// How the program names the ring: `SECRET_KEY in dotenv:.env (dev)`.
    pub name: String,
    /// The variable that it lives under.
    pub ring: String,
    /// Whether it is the main ring of its environment.
    pub is_main: bool,
    /// The environment.
    pub environment: String,
    /// The ring of the same environment that its first keys come from, as its record says.
    pub begun_from: Option<String>,
    /// The file that is its store, absolute, if it is one.
    pub file: Option<PathBuf>,
    /// The keys.
    pub keys: Vec<KnownKey>,
}

/// A key of a ring.
#[derive(Debug)]
pub struct KnownKey {
    /// The key.
    pub text: SecretText,
    /// Where it is accepted only: when it leaves.
    pub leaves: Option<Leaves>,
}

/// When a key leaves its ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// The time has come.
    Now,
    /// Later, in words for people.
    Later(String),
}

/// Something that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unexamined {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A key that signs or is accepted somewhere, and where it stands.
pub(crate) struct AnyKey<'a> {
    pub(crate) at: At,
    pub(crate) text: &'a SecretText,
    /// What replaces it.
    pub(crate) mend: Cow<'static, str>,
    /// The command that goes on with its ring.
    pub(crate) rotate: Cow<'static, str>,
    pub(crate) leaves: Option<&'a Leaves>,
}

impl Tree {
    /// Every key: in sources, in .env files, and in the stores that are no .env file seen here. Those of tests and samples
    /// protect nobody.
    pub(crate) fn keys(&self) -> impl Iterator<Item = AnyKey<'_>> {
        let python = self.python.iter().filter(|file| !file.is_for_tests());
        let python = python.flat_map(|file| {
            file.literals().map(|(_, literal)| AnyKey {
                at: file.at(literal.range.start),
                text: &literal.text,
                mend:
                    "`keybaton init`, then `keybaton rotate`; with keybaton's middleware nobody is logged out"
                        .into(),
                rotate: ROTATE.into(),
                leaves: None,
            })
        });
        let env = self.env_files.iter().filter(|file| !file.is_sample());
        let env = env.flat_map(|file| {
            file.keys.iter().map(|key| {
                let known = self.ring_of(file, key);
                AnyKey {
                    at: file.at(key.place),
                    text: &key.text,
                    mend: replaced(known),
                    rotate: rotate(known),
                    leaves: known.and_then(|known| known.key(&key.text)?.leaves.as_ref()),
                }
            })
        });
        let is_seen =
            |known: &KnownKeys| self.env_files.iter().any(|file| known.file.as_ref() == Some(&file.absolute));
        let stores = self.known.iter().filter(move |known| !is_seen(known));
        let stores = stores.flat_map(|known| {
            known.keys.iter().map(|key| AnyKey {
                at: At::Ring(known.name.clone()),
                text: &key.text,
                mend: replaced(Some(known)),
                rotate: rotate(Some(known)),
                leaves: key.leaves.as_ref(),
            })
        });
        python.chain(env).chain(stores)
    }

    /// What replaces a key that others may have seen: in the ring that has it, or in one that only people know.
    pub(crate) fn rotate_new(&self, key: Option<&SecretText>) -> String {
        let ring = key.and_then(|key| self.known.iter().find(|known| known.key(key).is_some()));
        ring.map_or_else(|| ROTATE_THERE.to_owned(), |ring| format!("`{}`", ring.rotate()))
    }

    /// The ring of a key in a .env file, where the file is its store.
    fn ring_of(&self, file: &EnvFile, key: &EnvKey) -> Option<&KnownKeys> {
        let is_ring = |known: &&KnownKeys| {
            known.file.as_ref() == Some(&file.absolute) && known.ring == key.ring.as_str()
        };
        self.known.iter().find(is_ring)
    }
}

impl KnownKeys {
    /// What begins a rotation of this ring.
    pub(crate) fn rotate(&self) -> String {
        self.named(&format!("{ROTATE} --new"))
    }

    /// A command for this ring. Without its environment that would be the default one's.
    fn named(&self, command: &str) -> String {
        let mut command = command.to_owned();
        if !self.is_main {
            command += &format!(" --ring {}", self.ring);
        }
        // A store that no environment names stands here under its URL.
        if !self.environment.contains(':') {
            command += &format!(" -e {}", quoted(&self.environment));
        }
        command
    }

    fn key(&self, text: &SecretText) -> Option<&KnownKey> {
        self.keys.iter().find(|known| known.text == *text)
    }
}

/// What replaces a key. Sessions hang on the main ring alone.
fn replaced(known: Option<&KnownKeys>) -> Cow<'static, str> {
    match known {
        Some(further) if !further.is_main => format!("`{}` replaces it", rotate(known)).into(),
        known => {
            let rotate = rotate(known);
            format!("`{rotate}` replaces it; with keybaton's middleware nobody is logged out").into()
        }
    }
}

fn rotate(known: Option<&KnownKeys>) -> Cow<'static, str> {
    match known {
        Some(known) => known.named(ROTATE).into(),
        None => ROTATE.into(),
    }
}

const ROTATE: &str = "keybaton rotate";
const ROTATE_THERE: &str = "`keybaton rotate --new -e NAME` for the environment that signs with it";
