//! A ring as three files in one folder.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use keybaton_core::{Field, SecretText, Texts, Writes};
use keybaton_files::{Audience, Change, FileErrorKind, Limits, Lock, Place, read, replace};
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
    fn of(&self, field: Field) -> &OsString {
        match field {
            Field::Signing => &self.signing,
            Field::Fallbacks => &self.fallbacks,
            Field::Record => &self.record,
        }
    }
}

/// Reads the three texts, the signing key last.
///
/// No lock is taken: each file is replaced at once, and core's order of writes lets the three be read at different times.
pub(crate) fn read_files(folder: &Path, names: &Names) -> Result<Held, StoreError> {
    let mut contents = Contents::new();
    for field in [Field::Record, Field::Fallbacks, Field::Signing] {
        match read(&folder.join(names.of(field)), Limits::default()) {
            Ok(content) => drop(contents.insert(field, content.into_bytes())),
            Err(error) if error.kind() == FileErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    texts_of(&contents, folder, names).map(held)
}

/// Writes one file after another, in core's order, under the lock.
pub(crate) fn write_files(
    folder: &Path,
    names: &Names,
    new: &Writes,
    over: &Version,
) -> Result<Written, StoreError> {
    let lock = Lock::on_directory(folder, PATIENCE)?;
    let writer = Writer { folder, names, lock };
    let mut contents = writer.contents()?;
    let mut texts = texts_of(&contents, folder, names)?;
    if version_of(&texts) != *over {
        return Err(conflict(&folder.join(&names.signing)));
    }
    must_be_writable(new)?;
    writer.must_be_readable(new, &contents)?;
    for (done, step) in new.steps.iter().enumerate() {
        let content = writer
            .replace(step.field, step.text.expose(), contents.get(&step.field))
            .map_err(|error| if done == 0 { error } else { error.after_a_part() })?;
        contents.insert(step.field, content);
        texts.set(step.field, step.text.duplicate());
    }
    Ok(Written { version: version_of(&texts), notes: Vec::new() })
}

fn must_be_writable(new: &Writes) -> Result<(), StoreError> {
    if new.steps.iter().all(|step| !step.text.expose().contains('\0')) {
        return Ok(());
    }
    let sentence = "a text with a NUL cannot be kept, for no environment can hold it";
    Err(StoreError::new(StoreErrorKind::Unsupported, sentence).hint("a key without NUL can be written"))
}

struct Writer<'a> {
    folder: &'a Path,
    names: &'a Names,
    lock: Lock,
}

impl Writer<'_> {
    /// What stands in the files, after making sure that each of them can be replaced.
    fn contents(&self) -> Result<Contents, StoreError> {
        let mut contents = Contents::new();
        for field in Field::ALL {
            if let Some(content) = self.lock.read(&self.place(field)?, Limits::default())? {
                contents.insert(field, content.into_bytes());
            }
        }
        Ok(contents)
    }

    /// Looks at every file before the first is written.
    fn must_be_readable(&self, new: &Writes, contents: &Contents) -> Result<(), StoreError> {
        for step in &new.steps {
            let content = with_line_end(step.text.expose(), contents.get(&step.field))?;
            must_be_readable(&self.folder.join(self.names.of(step.field)), content.len())?;
        }
        Ok(())
    }

    fn place(&self, field: Field) -> Result<Place, StoreError> {
        Ok(Place::find(&self.folder.join(self.names.of(field)))?)
    }

    /// Replaces one file and says what stands in it now.
    fn replace(
        &self,
        field: Field,
        text: &str,
        over: Option<&Zeroizing<Vec<u8>>>,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let new = with_line_end(text, over)?;
        // A program that may read the key needs its other texts as well.
        let over = over.map(|bytes| bytes.as_slice());
        let change = Change { new: &new, over, audience: Audience::Like(&self.names.signing) };
        replace(&self.place(field)?, &change, &self.lock)?;
        Ok(new)
    }
}

/// What a file holds for a text: its line end stays as it was.
fn with_line_end(text: &str, over: Option<&Zeroizing<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let line_end = match over {
        Some(bytes) => without_line_end(text_of(bytes, "the file")?).1,
        None => "",
    };
    // A line end that belongs to the text needs another behind it.
    let line_end = if line_end.is_empty() && text.ends_with('\n') { "\n" } else { line_end };
    Ok(Zeroizing::new([text.as_bytes(), line_end.as_bytes()].concat()))
}

/// What stands in the files, line ends and all.
type Contents = BTreeMap<Field, Zeroizing<Vec<u8>>>;

fn texts_of(contents: &Contents, folder: &Path, names: &Names) -> Result<Texts, StoreError> {
    let place = |field| folder.join(names.of(field)).display().to_string();
    let mut texts = Texts::default();
    for (field, bytes) in contents {
        let (text, _) = without_line_end(text_of(bytes, &place(*field))?);
        texts.set(*field, SecretText::new(text));
    }
    without_nul(texts, place)
}
