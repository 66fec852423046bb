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
/// What is young stays: where locks are not shared, as between WSL and Windows, another writer may be at it just now.
pub(crate) fn tidy(folder: &Folder) -> Result<(), Stranded> {
    let names = folder.names().unwrap_or_default();
    let found: Vec<_> = names
        .iter()
        .filter_map(|name| Some((name, Leftover::called(name)?)))
        .filter(|(name, _)| folder.written_at(name).is_some())
        .collect();
    for (name, leftover) in &found {
        if let Leftover::Aside { new, of } = leftover {
            settle(folder, name, new, of)?;
        }
    }
    for (name, leftover) in &found {
        if matches!(leftover, Leftover::Unfinished) && folder.written_at(name).is_some_and(is_old) {
            // Another user's leftover stays: it is theirs to remove.
            let _ = folder.remove(name);
        }
    }
    Ok(())
}

/// Decides about the file `aside`, which was called `of` before.
fn settle(folder: &Folder, aside: &OsStr, new: &str, of: &str) -> Result<(), Stranded> {
    let has = |name: &str| folder.written_at(OsStr::new(name)).is_some();
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

fn is_old(written: SystemTime) -> bool {
    SystemTime::now().duration_since(written).is_ok_and(|age| age >= YOUNG)
}

/// What a file is that a crashed writer left, by its name.
enum Leftover<'a> {
    /// One that should have taken another one's place.
    Unfinished,
    /// The one called `of`, which had stepped aside for the unfinished one called `new`.
    Aside { new: String, of: &'a str },
}

impl<'a> Leftover<'a> {
    fn called(name: &'a OsStr) -> Option<Self> {
        let middle = name.to_str()?.strip_prefix(BEGINNING)?.strip_suffix(END)?;
        let (chance, rest) = middle.split_at_checked(16)?;
        if !chance.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match rest.strip_prefix('-') {
            None => rest.is_empty().then_some(Self::Unfinished),
            Some("" | "." | "..") => None,
            Some(of) => Some(Self::Aside { new: format!("{BEGINNING}{chance}{END}"), of }),
        }
    }
}

/// How long no write takes between making the new file and putting it into its place.
const YOUNG: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TEMPORARY_FILES;
    use crate::temporary::{name_aside, unguessable_name};

    #[test]
    fn a_name_aside_tells_whose_it_is_and_for_which_file_and_fits_what_git_ignores() {
        let own = unguessable_name().unwrap();
        assert!(matches!(Leftover::called(OsStr::new(&own)), Some(Leftover::Unfinished)));
        for name in [".env", "SECRET_KEY", "-"] {
            let aside = name_aside(&own, name);
            let told = Leftover::called(OsStr::new(&aside));
            assert!(matches!(told, Some(Leftover::Aside { new, of }) if (new.as_str(), of) == (&*own, name)));
            let (beginning, end) = TEMPORARY_FILES.split_once('*').unwrap();
            assert!(aside.starts_with(beginning) && aside.ends_with(end));
        }
    }

    #[test]
    fn other_names_are_none_of_ours() {
        for rest in
            ["lock", "0123456789abcdef-", "0123456789abcdefx", "0123456789abcdef-.", "0123456789abcdef-.."]
        {
            let name = format!("{BEGINNING}{rest}{END}");
            assert!(Leftover::called(OsStr::new(&name)).is_none(), "{name}");
        }
    }
}
