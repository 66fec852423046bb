//! The folder that a program reads its rings in, in the shape in which kubelet mounts a Secret: each file is a link through `..data`,
//! which leads to the files of one moment and is replaced at once. Whoever reads finds a file as it was before or as it is after.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::watch::base;

/// Removed when it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: File,
    /// What `..data` leads to.
    current: Option<String>,
    /// What it led to before. Somebody may be on the way through it.
    replaced: Vec<String>,
    count: u64,
}

/// A file's name, and what is in it.
pub(super) type Content<'a> = (String, &'a str);

impl Folder {
    pub(super) fn make() -> Result<Self, Failure> {
        let (path, lock) = base::make()?;
        Ok(Self { path, lock, current: None, replaced: Vec::new(), count: 0 })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts these files in the place of those that are there.
    pub(super) fn put(&mut self, files: &[Content<'_>]) -> io::Result<()> {
        self.be_there()?;
        let name = self.write(files)?;
        self.link(files)?;
        self.lead_to(&name)?;
        self.unlink_all_but(files)?;
        self.replaced.extend(self.current.replace(name));
        Ok(())
    }

    /// Removes what was replaced, once nobody can be on the way through it any more.
    pub(super) fn sweep(&mut self) {
        for name in self.replaced.drain(..) {
            // A second time would not go better; at the end the whole folder goes.
            let _ = fs::remove_dir_all(self.path.join(name));
        }
    }

    /// The lock, for a program that is started while this lives. It goes to a number that shells leave alone.
    pub(super) fn lend(&self) -> io::Result<OwnedFd> {
        let lent = fcntl_dupfd_cloexec(&self.lock, ABOVE_SHELLS)?;
        fcntl_setfd(&lent, FdFlags::empty())?;
        Ok(lent)
    }

    pub(super) fn not_written(&self, error: io::Error) -> Failure {
        let sentence = format!("cannot write the ring into {}", self.path.display());
        Failure::new(Exit::Store, sentence).because(error)
    }

    /// A log-out takes a user's runtime folder away, also from programs that stay.
    pub(super) fn is_there(&self) -> bool {
        self.path.join(DATA).exists()
    }

    fn be_there(&mut self) -> io::Result<()> {
        if !self.path.is_dir() {
            self.lock = base::make_at(&self.path)?;
            self.current = None;
            self.replaced.clear();
        }
        Ok(())
    }

    fn write(&mut self, files: &[Content<'_>]) -> io::Result<String> {
        self.count += 1;
        let name = format!("..{}.{}", clock::now().0, self.count);
        let folder = self.path.join(&name);
        base::make_private(&folder)?;
        let written = files.iter().try_for_each(|(name, text)| write(&folder.join(name), text));
        written.inspect_err(|_| {
            let _ = fs::remove_dir_all(&folder);
        })?;
        Ok(name)
    }

    /// A link that leads nowhere yet is no file yet: a new one comes with the others at once.
    fn link(&self, files: &[Content<'_>]) -> io::Result<()> {
        for (name, _) in files {
            match symlink(Path::new(DATA).join(name), self.path.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                outcome => outcome?,
            }
        }
        Ok(())
    }

    fn lead_to(&self, name: &str) -> io::Result<()> {
        let new = self.path.join(NEW_DATA);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        symlink(name, &new)?;
        fs::rename(&new, self.path.join(DATA))
    }

    fn unlink_all_but(&self, files: &[Content<'_>]) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let is_kept = files.iter().any(|(kept, _)| name == kept.as_str());
            if !is_kept && !name.to_string_lossy().starts_with("..") {
                fs::remove_file(self.path.join(name))?;
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is removed by the next keybaton of this user.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Readers take one newline at the end for the editor's, so a text that ends with one gets another.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    if text.ends_with('\n') { file.write_all(b"\n") } else { Ok(()) }
}

const DATA: &str = "..data";
const NEW_DATA: &str = "..data_tmp";
const ABOVE_SHELLS: i32 = 10;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;

    fn folder(path: &Path) -> Folder {
        let lock = base::make_at(path).unwrap();
        Folder { path: path.to_owned(), lock, current: None, replaced: Vec::new(), count: 0 }
    }

    fn contents<'a>(text: &'a str) -> [Content<'a>; 3] {
        ["KEY", "KEY_FALLBACKS", "KEY_RING"].map(|name| (name.to_owned(), text))
    }

    /// Reads the files of one moment, as often as it can; how often.
    fn read_on(path: &Path, is_over: &AtomicBool) -> usize {
        let mut count = 0;
        while !is_over.load(Ordering::SeqCst) {
            let moment = path.join(fs::read_link(path.join("..data")).unwrap());
            let texts =
                ["KEY", "KEY_FALLBACKS", "KEY_RING"].map(|name| fs::read_to_string(moment.join(name)));
            let [one, two, three] = texts.map(Result::unwrap);
            assert!(one.len() == 4096 && one == two && two == three);
            let linked = fs::read_to_string(path.join("KEY")).unwrap();
            assert!(linked.len() == 4096 && linked.bytes().all(|byte| byte == linked.as_bytes()[0]));
            count += 1;
        }
        count
    }

    #[test]
    fn readers_find_what_was_or_what_is_and_never_a_mixture() {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("rings");
        let mut folder = folder(&path);
        folder.put(&contents(&"a".repeat(4096))).unwrap();
        let is_over = AtomicBool::new(false);
        let counts = thread::scope(|scope| {
            let readers = [(); 3].map(|()| scope.spawn(|| read_on(&path, &is_over)));
            for swap in 0..200 {
                let letter = ["b", "c", "d"][swap % 3];
                folder.put(&contents(&letter.repeat(4096))).unwrap();
                thread::yield_now();
            }
            is_over.store(true, Ordering::SeqCst);
            readers.map(|reader| reader.join().unwrap())
        });
        assert!(counts.iter().sum::<usize>() > 100, "{counts:?}");
        assert_eq!(folder.replaced.len(), 200);
        folder.sweep();
        assert_eq!(fs::read_dir(&path).unwrap().count(), 5);
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_is_no_more_goes_and_a_newline_at_the_end_is_kept() {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("rings");
        let mut folder = folder(&path);
        folder.put(&contents("made-up\n")).unwrap();
        assert_eq!(fs::read_to_string(path.join("KEY")).unwrap(), "made-up\n\n");
        folder.put(&contents("made-up")[..1]).unwrap();
        assert_eq!(fs::read_to_string(path.join("KEY")).unwrap(), "made-up");
        assert!(fs::symlink_metadata(path.join("KEY_FALLBACKS")).is_err());
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was() {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("rings");
        let mut folder = folder(&path);
        folder.put(&contents("made-up")).unwrap();
        let bad = [("KEY".to_owned(), "another"), ("no/such/folder".to_owned(), "another")];
        assert!(folder.put(&bad).is_err());
        assert_eq!(fs::read_to_string(path.join("KEY")).unwrap(), "made-up");
        assert_eq!(fs::read_dir(&path).unwrap().count(), 5);
    }
}
