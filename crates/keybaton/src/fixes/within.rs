//! Which files may be touched.

use std::fs;
use std::path::{Path, PathBuf};

use keybaton_audit::fix::Does;

/// The files and folders that are checked, without links.
pub(crate) struct Within(Vec<PathBuf>);

impl Within {
    pub(crate) fn of(checked: &[PathBuf]) -> Self {
        Self(checked.iter().filter_map(|path| fs::canonicalize(path).ok()).collect())
    }

    /// Where a file really is, if that is within what is checked.
    pub(super) fn real(&self, file: &Path, does: &Does) -> Result<PathBuf, &'static str> {
        let is_link = fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_symlink());
        if is_link && matches!(does, Does::Line(_)) {
            return Err("its .gitignore is a link, which git does not follow");
        }
        let real = resolved(file).ok_or("where its file really is cannot be told")?;
        match self.0.iter().any(|checked| real.starts_with(checked)) {
            true => Ok(real),
            false if matches!(does, Does::Line(_)) => {
                Err("the .gitignore at the top of the work tree is outside of what is checked")
            }
            false => Err("its file is really outside of what is checked"),
        }
    }
}

/// A file that is not there yet is where its folder is.
fn resolved(file: &Path) -> Option<PathBuf> {
    fs::canonicalize(file)
        .ok()
        .or_else(|| Some(fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?)))
}
