//! Doing it, and showing it.

use std::fs::File;

use super::{Change, What};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_files::replace;
use crate::print::Print;
use crate::recipes::bare_change;
use crate::system::set_mode;

impl Change<'_> {
    /// The change as people see it.
    pub(crate) fn shown(&self, print: &Print) -> String {
        match &self.what {
            What::Content { seen: [old, new], .. } => bare_change(print, &self.name, old, new),
            What::Mode { from, to } => format!(
                "{}: the mode {from:o} becomes {to:o}, so only its owner and its group can use it",
                self.name
            ),
        }
    }

    /// Over just what was read.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let written = match &self.what {
            What::Content { old, new, .. } => replace(&self.path, old.as_deref().map(Vec::as_slice), new),
            What::Mode { from, to } => self.change_mode(*from, *to),
        };
        written.map_err(|failure| failure.exiting(Exit::Store))
    }

    fn change_mode(&self, from: u32, to: u32) -> Result<(), Failure> {
        let failed = |error| {
            Failure::new(Exit::Store, format!("cannot change the mode of {}", self.name)).because(error)
        };
        let file = File::open(&self.path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if keybaton_files::mode(&metadata) != from {
            let sentence = format!("{} has another mode by now", self.name);
            return Err(Failure::new(Exit::Store, sentence).hint("run it again"));
        }
        set_mode(&file, to).map_err(|error| failed(error).hint("run it as the owner of the file, or as root"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_mode_that_is_another_by_now_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        let change = |from| Change {
            name: ".env".to_owned(),
            path: path.clone(),
            findings: Vec::new(),
            what: What::Mode { from, to: 0o600 },
        };
        assert_eq!(change(0o644).write().unwrap_err().to_string(), ".env has another mode by now");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
        change(0o604).write().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
