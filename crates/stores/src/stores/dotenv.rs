//! A .env file, read and edited as python-dotenv understands it.

use std::fmt;
use std::path::PathBuf;

use keybaton_core::{Field, RingName, SecretText, Texts, Writes};
use keybaton_dotenv::{Change, Document, EditError, EditErrorKind, Edited, Precedence, edit};
use keybaton_files::{Audience, Content, FileErrorKind, Limits, Place, read, replace};
use zeroize::Zeroizing;

use crate::local::{PATIENCE, conflict, must_be_readable, path_of};
use crate::text::{text_of, without_nul};
use crate::version::{held, version_of};
use crate::{
    Can, Environment, Guard, Held, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl,
    Version, Written,
};

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "dotenv",
    summary: "a .env file",
    example: "dotenv:.env",
    can: Can { read_back: true, guard: Guard::Lock, atomic: true },
    guarded_by: "folder lock, compared under it, replaced at once",
    creates: "the file (0600)",
    local: true,
    chosen_by: &[],
    open,
};

struct EnvFile {
    path: PathBuf,
    ring: RingName,
    environment: Environment,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let environment = settings.environment.clone();
    Ok(Box::new(EnvFile { path: path_of(url, settings.base)?, ring: ring.clone(), environment }))
}

impl Store for EnvFile {
    fn read(&self) -> Result<Held, StoreError> {
        match read(&self.path, Limits::default()) {
            Ok(content) => self.texts(content.expose()).map(held),
            Err(error) if error.kind() == FileErrorKind::NotFound => Ok(Held::Absent),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let place = Place::find(&self.path)?;
        let lock = place.lock(PATIENCE)?;
        let content = lock.read(&place, Limits::default())?;
        let old = content.as_ref().map(Content::expose);
        if version_of(&self.texts(old.unwrap_or_default())?) != *over {
            return Err(conflict(&self.path));
        }
        let edited = self.edited(old.unwrap_or_default(), &new.whole)?;
        must_be_readable(&place.path(), edited.text.len())?;
        let version = version_of(&self.texts(edited.text.as_bytes())?);
        let change =
            keybaton_files::Change { new: edited.text.as_bytes(), over: old, audience: Audience::Owner };
        replace(&place, &change, &lock)?;
        Ok(Written { version, notes: self.notes(&edited) })
    }
}

impl EnvFile {
    /// The three texts among the file's variables.
    fn texts(&self, bytes: &[u8]) -> Result<Texts, StoreError> {
        let path = self.path.display();
        let document = Document::parse(text_of(bytes, &path.to_string())?);
        let variables =
            document.variables(&|name| self.look_up(name), Precedence::Environment).map_err(|error| {
                StoreError::new(StoreErrorKind::Malformed, format!("cannot read {path}: {error}"))
                    .hint(error.hint())
            })?;
        let mut texts = Texts::default();
        for field in Field::ALL {
            if let Some(value) = variables.get(&self.ring.of(field)) {
                texts.set(field, SecretText::new(value));
            }
        }
        without_nul(texts, |field| format!("{} in {path}", self.ring.of(field)))
    }

    /// What `${name}` means. The ring's own texts are the file's: the environment may hold older ones.
    fn look_up(&self, name: &str) -> Option<Zeroizing<String>> {
        if Field::ALL.iter().any(|field| self.ring.of(*field) == name) {
            return None;
        }
        (self.environment)(name)?.into_string().ok().map(Zeroizing::new)
    }

    fn edited(&self, old: &[u8], new: &Texts) -> Result<Edited, StoreError> {
        let path = self.path.display().to_string();
        let names = Field::ALL.map(|field| (field, self.ring.of(field)));
        let changes: Vec<_> =
            names.iter().filter_map(|(field, name)| Some(Change { name, value: new.get(*field)? })).collect();
        edit(text_of(old, &path)?, &changes).map_err(|error| refused(&path, &error))
    }

    fn notes(&self, edited: &Edited) -> Vec<Note> {
        edited.notes.iter().map(|note| Note(format!("{}: {note}", self.path.display()))).collect()
    }
}

impl fmt::Debug for EnvFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvFile").field("path", &self.path).field("ring", &self.ring).finish_non_exhaustive()
    }
}

fn refused(path: &str, error: &EditError) -> StoreError {
    let kind = match error.kind() {
        EditErrorKind::UnclosedQuote { .. } => StoreErrorKind::Malformed,
        EditErrorKind::FromElsewhere { .. } => StoreErrorKind::Refused,
        EditErrorKind::BadName
        | EditErrorKind::GivenTwice
        | EditErrorKind::Reference
        | EditErrorKind::Nul => StoreErrorKind::Unsupported,
    };
    let hint = match error.kind() {
        EditErrorKind::Reference => format!("{}; file:PATH and dir:FOLDER hold any", error.hint()),
        _ => error.hint(),
    };
    StoreError::new(kind, format!("cannot write {path}: {error}")).hint(hint)
}
