//! A ring as three files in one folder.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use keybaton_core::{Field, RingName, SecretText, Texts, Writes};
use keybaton_files::{Audience, Change, Content, FileErrorKind, Limits, Lock, Place, read, replace};
use zeroize::Zeroizing;

use crate::local::{PATIENCE, conflict, must_be_readable};
use crate::text::{text_of, without_line_end, without_nul};
use crate::version::{held, version_of};
use crate::{Held, StoreError, StoreErrorKind, Version, Written};

/// The names of the three files.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) signing: OsString,
    pub(crate) fallbacks: OsString,
    pub(crate) record: OsString,
}

impl Names {
    /// Exactly as the texts are called.
    pub(crate) fn of_ring(ring: &RingName) -> Self {
        Self {
            signing: ring.as_str().into(),
            fallbacks: ring.fallbacks().into(),
            record: ring.record().into(),
        }
    }

    fn of(&self, field: Field) -> &OsString {
        match field {
            Field::Signing => &self.signing,
            Field::Fallbacks => &self.fallbacks,
            Field::Record => &self.record,
        }
    }
}

/// How a text stands in its file.
pub(crate) trait Form {
    /// How long another writer may take.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// The text that the bytes of a file stand for.
    fn opened(&self, file: &Path, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError>;

    /// The bytes that stand for a text in a file.
    fn closed(&self, file: &Path, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError>;
}

/// As it is.
pub(crate) struct Plain;

impl Form for Plain {
    fn opened(&self, _file: &Path, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Ok(Zeroizing::new(bytes.to_vec()))
    }

    fn closed(&self, _file: &Path, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Ok(Zeroizing::new(text.to_vec()))
    }
}

/// Three files in a folder.
pub(crate) struct Files<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) names: &'a Names,
    pub(crate) form: &'a dyn Form,
}

impl Files<'_> {
    /// Reads the three texts, the signing key last.
    ///
    /// No lock is taken: each file is replaced at once, and core's order of writes lets the three be read at different times.
    pub(crate) fn read(&self) -> Result<Held, StoreError> {
        let mut contents = Contents::new();
        for field in [Field::Record, Field::Fallbacks, Field::Signing] {
            match read(&self.path(field), Limits::default()) {
                Ok(content) => drop(contents.insert(field, self.content(field, content)?)),
                Err(error) if error.kind() == FileErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.texts_of(&contents).map(held)
    }

    /// Writes one file after another, in core's order, under the lock.
    pub(crate) fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let lock = Lock::on_directory(self.folder, self.form.patience())?;
        let mut contents = self.contents(&lock)?;
        let mut texts = self.texts_of(&contents)?;
        if version_of(&texts) != *over {
            return Err(conflict(&self.path(Field::Signing)));
        }
        must_be_writable(new)?;
        let prepared = self.prepared(new, &contents)?;
        for (done, (step, content)) in new.steps.iter().zip(prepared).enumerate() {
            self.replace(step.field, &content, contents.get(&step.field), &lock)
                .map_err(|error| if done == 0 { error } else { error.after_a_part() })?;
            contents.insert(step.field, content);
            texts.set(step.field, step.text.duplicate());
        }
        Ok(Written { version: version_of(&texts), notes: Vec::new() })
    }

    /// What stands in the files, after making sure that each of them can be replaced.
    fn contents(&self, lock: &Lock) -> Result<Contents, StoreError> {
        let mut contents = Contents::new();
        for field in Field::ALL {
            if let Some(content) = lock.read(&self.place(field)?, Limits::default())? {
                contents.insert(field, self.content(field, content)?);
            }
        }
        Ok(contents)
    }

    fn content(&self, field: Field, content: Content) -> Result<FileContent, StoreError> {
        let bytes = content.into_bytes();
        Ok(FileContent { text: self.form.opened(&self.path(field), &bytes)?, bytes })
    }

    /// What each step puts into its file: all of it is made before the first is written.
    fn prepared(&self, new: &Writes, contents: &Contents) -> Result<Vec<FileContent>, StoreError> {
        let steps = new.steps.iter().map(|step| {
            let path = self.path(step.field);
            let text = with_line_end(step.text.expose(), contents.get(&step.field))?;
            must_be_readable(&path, text.len())?;
            let bytes = self.form.closed(&path, &text)?;
            must_be_readable(&path, bytes.len())?;
            Ok(FileContent { bytes, text })
        });
        steps.collect()
    }

    fn replace(
        &self,
        field: Field,
        new: &FileContent,
        over: Option<&FileContent>,
        lock: &Lock,
    ) -> Result<(), StoreError> {
        let over = over.map(|content| content.bytes.as_slice());
        // A program that may read the key needs its other texts as well.
        let change = Change { new: &new.bytes, over, audience: Audience::Like(&self.names.signing) };
        Ok(replace(&self.place(field)?, &change, lock)?)
    }

    fn texts_of(&self, contents: &Contents) -> Result<Texts, StoreError> {
        let place = |field| self.path(field).display().to_string();
        let mut texts = Texts::default();
        for (field, content) in contents {
            let (text, _) = without_line_end(text_of(&content.text, &place(*field))?);
            texts.set(*field, SecretText::new(text));
        }
        without_nul(texts, place)
    }

    fn path(&self, field: Field) -> PathBuf {
        self.folder.join(self.names.of(field))
    }

    fn place(&self, field: Field) -> Result<Place, StoreError> {
        Ok(Place::find(&self.path(field))?)
    }
}

/// What stands in a file, and the text it stands for, line end and all.
struct FileContent {
    bytes: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
}

type Contents = BTreeMap<Field, FileContent>;

fn must_be_writable(new: &Writes) -> Result<(), StoreError> {
    if new.steps.iter().all(|step| !step.text.expose().contains('\0')) {
        return Ok(());
    }
    let sentence = "a text with a NUL cannot be kept, for no environment can hold it";
    Err(StoreError::new(StoreErrorKind::Unsupported, sentence).hint("a key without NUL can be written"))
}

/// What a file holds for a text: its line end stays as it was.
fn with_line_end(text: &str, over: Option<&FileContent>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let line_end = match over {
        Some(content) => without_line_end(text_of(&content.text, "the file")?).1,
        None => "",
    };
    // A line end that belongs to the text needs another behind it.
    let line_end = if line_end.is_empty() && text.ends_with('\n') { "\n" } else { line_end };
    Ok(Zeroizing::new([text.as_bytes(), line_end.as_bytes()].concat()))
}
