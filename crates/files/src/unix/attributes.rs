//! Who may do what with a file.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;

use rustix::buffer::spare_capacity;
use rustix::fs::{Gid, Mode, RawMode, Uid, XattrFlags};
use rustix::fs::{fchmod, fchown, fgetxattr, flistxattr, fremovexattr, fsetxattr};
use rustix::io::Errno;

/// Mode, owner, group, access lists, and the other extended attributes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    mode: u32,
    owner: u32,
    group: u32,
    extended: Vec<(CString, Vec<u8>)>,
}

impl Attributes {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            mode: metadata.mode() & 0o7777,
            owner: metadata.uid(),
            group: metadata.gid(),
            extended: extended_of(file)?,
        })
    }

    /// Makes `file` the same, exactly in what decides who may read it, else fails.
    ///
    /// The owner comes first, for a new owner changes the mode; the mode comes last, for an access list changes it too.
    pub(crate) fn give_to(&self, file: &File) -> io::Result<()> {
        let before = Self::of(file)?;
        if (before.owner, before.group) != (self.owner, self.group) {
            let owner = (before.owner != self.owner).then(|| Uid::from_raw(self.owner));
            fchown(file, owner, Some(Gid::from_raw(self.group)))?;
        }
        self.remove_other_access_lists(&before, file)?;
        self.set_extended(file)?;
        fchmod(file, Mode::from_raw_mode(self.mode as RawMode))?;
        if !self.lets_the_same_in(&Self::of(file)?) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(())
    }

    /// A folder can give each new file an access list of its own.
    fn remove_other_access_lists(&self, before: &Self, file: &File) -> io::Result<()> {
        for (name, _) in before.access_lists() {
            if !self.access_lists().any(|(ours, _)| ours == name) {
                fremovexattr(file, name.as_c_str())?;
            }
        }
        Ok(())
    }

    fn set_extended(&self, file: &File) -> io::Result<()> {
        for (name, value) in &self.extended {
            match fsetxattr(file, name.as_c_str(), value, XattrFlags::empty()) {
                Err(errno) if is_access_list(name) => return Err(errno.into()),
                // A label that we may not set is the system's own business.
                _ => {}
            }
        }
        Ok(())
    }

    fn lets_the_same_in(&self, other: &Self) -> bool {
        (self.mode, self.owner, self.group) == (other.mode, other.owner, other.group)
            && self.access_lists().eq(other.access_lists())
    }

    fn access_lists(&self) -> impl Iterator<Item = &(CString, Vec<u8>)> {
        self.extended.iter().filter(|(name, _)| is_access_list(name))
    }
}

fn extended_of(file: &File) -> io::Result<Vec<(CString, Vec<u8>)>> {
    let mut list = Vec::with_capacity(MOST_BYTES);
    match flistxattr(file, spare_capacity(&mut list)) {
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Vec::new()),
        outcome => outcome?,
    };
    let names =
        list.split_inclusive(|byte| *byte == 0).filter_map(|name| CStr::from_bytes_with_nul(name).ok());
    let mut extended = Vec::new();
    for name in names.filter(|name| !is_seal(name)) {
        if let Some(value) = value_of(file, name)? {
            extended.push((name.to_owned(), value));
        }
    }
    extended.sort();
    Ok(extended)
}

fn value_of(file: &File, name: &CStr) -> io::Result<Option<Vec<u8>>> {
    let mut value = Vec::with_capacity(MOST_BYTES);
    match fgetxattr(file, name, spare_capacity(&mut value)) {
        Ok(_) => Ok(Some(value)),
        Err(errno) if is_access_list(name) => Err(errno.into()),
        Err(_) => Ok(None),
    }
}

fn is_access_list(name: &CStr) -> bool {
    ACCESS_LISTS.contains(&name.to_bytes())
}

/// Signatures over the content, which are wrong for any other content.
fn is_seal(name: &CStr) -> bool {
    matches!(name.to_bytes(), b"security.ima" | b"security.evm")
}

const ACCESS_LISTS: [&[u8]; 2] = [b"system.posix_acl_access", b"system.nfs4_acl"];
/// The kernel allows no longer value, and no longer list of names.
const MOST_BYTES: usize = 65_536;
