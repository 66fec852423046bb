//! What a crashed writer left in a folder, and what becomes of it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::time::{Duration, SystemTime};

use crate::system::Folder;
use crate::temporary::{BEGINNING, END};

/// A file that had stepped aside, and cannot be put back.
#[derive(Debug)]
pub(crate) struct Stranded {
    pub(crate) name: OsString,
    pub(crate) of: String,
    pub(crate) why: io::Error,
}

/// Removes what crashed writers left, and puts back a file that had stepped aside for one that never came.
///
/// Windows alone lets files step aside, but a folder can be shared with it, as under WSL: so it is put back everywhere. The file
/// that should have come tells which it is: as long as it stands there too, it has not come. Where it has, the one
/// aside holds what was replaced, and never comes back.
///
/// What is young stays, unless its name says that its writer shares our lock: where locks are not shared, as between WSL and
/// Windows, another writer may be at it just now.
pub(crate) fn tidy(folder: &Folder) -> Result<(), Stranded> {
    let found = found(folder);
    for (name, kind) in &found {
        if let Kind::Aside { new, of } = kind {
            settle(folder, name, new, of)?;
        }
    }
    for (name, kind) in &found {
        if let Kind::Unfinished { circle } = kind
            && folder
                .written_at(name)
                .is_some_and(|written| is_old(written) || is_ours(folder, circle.as_deref()))
        {
            // Another user's leftover stays: it is theirs to remove.
            let _ = folder.remove(name);
        }
    }
    Ok(())
}

/// The files in a folder that crashed writers left, and what each is.
pub(crate) fn found(folder: &Folder) -> Vec<(OsString, Kind)> {
    let names = folder.names().unwrap_or_default().into_iter();
    let found = names.filter_map(|name| Some((Kind::called(&name)?, name)));
    found.filter(|(_, name)| is_there(folder, name)).map(|(kind, name)| (name, kind)).collect()
}

pub(crate) fn is_there(folder: &Folder, name: impl AsRef<OsStr>) -> bool {
    folder.written_at(name.as_ref()).is_some()
}

/// Decides about the file `aside`, which was called `of` before.
fn settle(folder: &Folder, aside: &OsStr, new: &str, of: &str) -> Result<(), Stranded> {
    let has = |name: &str| is_there(folder, name);
    if has(new) {
        match folder.rename_new(aside, OsStr::new(of)) {
            Ok(()) => return Ok(()),
            // Else the new one came just now.
            Err(why) if has(new) => return Err(Stranded { name: aside.to_owned(), of: of.to_owned(), why }),
            Err(_) => {}
        }
    }
    // Where nothing stands in its place, this could be the only copy.
    if has(of) {
        let _ = folder.remove(aside);
    }
    Ok(())
}

/// Whether a writer that shares our lock made it: as the lock is ours, that writer has ended.
fn is_ours(folder: &Folder, circle: Option<&str>) -> bool {
    circle.is_some_and(|circle| folder.circle().is_some_and(|ours| format!("{ours:08x}") == circle))
}

fn is_old(written: SystemTime) -> bool {
    SystemTime::now().duration_since(written).is_ok_and(|age| age >= YOUNG)
}

/// What a file is that a crashed writer left, by its name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One that should have taken another one's place, and who shared the lock of its writer, where that is known.
    Unfinished { circle: Option<String> },
    /// The one called `of`, which had stepped aside for the unfinished one called `new`.
    Aside { new: String, of: String },
}

impl Kind {
    fn called(name: &OsStr) -> Option<Self> {
        let middle = name.to_str()?.strip_prefix(BEGINNING)?.strip_suffix(END)?;
        let (own, of) = match middle.split_once('-') {
            Some((_, "" | "." | "..")) => return None,
            Some((own, of)) => (own, Some(of)),
            None => (middle, None),
        };
        if !own.bytes().all(|byte| byte.is_ascii_hexdigit())
            || ![CHANCE, CHANCE + CIRCLE].contains(&own.len())
        {
            return None;
        }
        Some(match of {
            None => {
                Self::Unfinished { circle: own.get(CHANCE..).filter(|it| !it.is_empty()).map(str::to_owned) }
            }
            Some(of) => Self::Aside { new: format!("{BEGINNING}{own}{END}"), of: of.to_owned() },
        })
    }
}

/// How many digits of a name are drawn, and how many may follow that tell who shares the lock.
const CHANCE: usize = 16;
const CIRCLE: usize = 8;

/// How long no write takes between making the new file and putting it into its place.
const YOUNG: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TEMPORARY_FILES;
    use crate::temporary::{name_aside, unguessable_name};

    #[test]
    fn a_name_aside_tells_whose_it_is_and_for_which_file_and_fits_what_git_ignores() {
        let folder = tempfile::tempdir().unwrap();
        let made = unguessable_name(&Folder::open(folder.path()).unwrap()).unwrap();
        for own in [made, format!("{BEGINNING}0123456789abcdef{END}")] {
            assert!(matches!(Kind::called(OsStr::new(&own)), Some(Kind::Unfinished { .. })));
            for name in [".env", "SECRET_KEY", "-"] {
                let aside = name_aside(&own, name);
                let told = Kind::called(OsStr::new(&aside));
                assert_eq!(told, Some(Kind::Aside { new: own.clone(), of: name.to_owned() }));
                let (beginning, end) = TEMPORARY_FILES.split_once('*').unwrap();
                assert!(aside.starts_with(beginning) && aside.ends_with(end));
            }
        }
    }

    #[test]
    fn other_names_are_none_of_ours() {
        for rest in [
            "lock",
            "0123456789abcdef-",
            "0123456789abcdefx",
            "0123456789abcdef0123",
            "0123456789abcdef0123456x",
            "0123456789abcdef-.",
            "0123456789abcdef-..",
        ] {
            let name = format!("{BEGINNING}{rest}{END}");
            assert!(Kind::called(OsStr::new(&name)).is_none(), "{name}");
        }
    }
}
