//! What it means when `systemd-creds` fails. It has one exit code, so its last words tell.

use std::io;
use std::path::Path;

use keybaton_core::shell::quoted;

use super::creds::WHOLE;
use super::host_key::{Flaw, HostKey};
use crate::program::Failed;
use crate::{StoreError, StoreErrorKind};

/// A credential could not be read.
pub(super) fn not_read(file: &Path, with_key: &str, key: &HostKey, why: &Failed, talk: &str) -> StoreError {
    let path = file.display();
    if let Some(error) = not_heard(file, why) {
        return error;
    }
    let (what, hint) = match Said::by(talk) {
        Said::Denied => return denied("read", file),
        Said::NotPermitted => return not_permitted(key, talk),
        Said::Expired => ("has expired, so systemd refuses it", sealed_anew(file, with_key)),
        Said::OtherName => ("carries another name than its file, so systemd refuses it", RENAME.to_owned()),
        Said::NoTpmSupport => {
            ("was sealed with a TPM, and systemd lacks what it needs to ask one", TPM_PACKAGES.to_owned())
        }
        Said::LockedTpm => return locked_tpm(talk),
        Said::Tpm => (
            "was sealed with a TPM that does not open it: it is another TPM, it is gone, or the machine started otherwise, \
             as after a change of Secure Boot",
            format!("put the machine back as it was, or {FROM_A_COPY}"),
        ),
        Said::NoKey => (
            "was sealed with a key of this machine that is gone",
            format!("bring {key} back, or {FROM_A_COPY}"),
        ),
        Said::OtherKey => (
            "does not open with this machine's key: another machine made it, the key was replaced, or the file was changed",
            format!("bring {key} or the file back, or {FROM_A_COPY}"),
        ),
        Said::Other => (
            "is no encrypted credential, or a part of one",
            format!("`dir:` keeps plain files; if this was a credential, bring it back, or {FROM_A_COPY}"),
        ),
    };
    because(talk, StoreError::new(StoreErrorKind::Malformed, format!("{path} {what}")).hint(hint))
}

/// A credential could not be made. Nothing was written yet.
pub(super) fn not_made(file: &Path, with_key: &str, key: &HostKey, why: &Failed, talk: &str) -> StoreError {
    if let Some(error) = not_heard(file, why) {
        return error;
    }
    let hint = match Said::by(talk) {
        Said::Denied => return denied("write", file),
        Said::NotPermitted => return not_permitted(key, talk),
        Said::LockedTpm => return locked_tpm(talk),
        Said::NoTpmSupport if with_key != "host" => format!("{TPM_PACKAGES}, or write ?with-key=host"),
        Said::Tpm if with_key != "host" => {
            "see whether `systemd-creds has-tpm2` finds a TPM, or write ?with-key=host behind the folder"
                .to_owned()
        }
        _ => "nothing was written; see whether `systemd-creds setup` works here".to_owned(),
    };
    because(talk, StoreError::new(StoreErrorKind::Unsupported, cannot_make(file)).hint(hint))
}

/// It made something that it does not open again, or that is the text as it was.
pub(super) fn not_read_again(file: &Path, why: Option<StoreError>) -> StoreError {
    let sentence = format!("{}, for what it makes is not sealed, or does not open again", cannot_make(file));
    let error = StoreError::new(StoreErrorKind::Unsupported, sentence)
        .hint("nothing was written; see whether it is systemd's own systemd-creds that runs here");
    StoreError { source: why.map(Into::into), ..error }
}

fn cannot_make(file: &Path) -> String {
    format!("systemd-creds cannot make the credential for {}", file.display())
}

fn denied(doing: &str, file: &Path) -> StoreError {
    let sentence = format!("cannot {doing} {}: permission denied", file.display());
    StoreError::new(StoreErrorKind::Denied, sentence)
}

/// systemd says the same of a key that others may read and of what the system does not let it do.
fn not_permitted(key: &HostKey, talk: &str) -> StoreError {
    let error = match key.flaw() {
        Some(Flaw::SecondName) => refused_key(key, "it has a second name (a hard link)", &renewed(key)),
        Some(Flaw::Mode(mode)) if mode & OTHERS == 0 => {
            refused_key(key, &format!("its mode is {mode:04o}"), "`chmod 0400` it")
        }
        Some(Flaw::Mode(_)) => refused_key(
            key,
            "others than root may read it",
            "`chmod 0400` it, and ask who could read the credentials meanwhile",
        ),
        None => StoreError::new(StoreErrorKind::Unsupported, format!("systemd may not use or make {key}")).hint(
            "see what holds back even root: a container, a security module, or a folder that nobody may change (`lsattr -d`)",
        ),
    };
    because(talk, error)
}

fn refused_key(key: &HostKey, why: &str, hint: &str) -> StoreError {
    let sentence = format!("systemd does not use this machine's key, {key}, while {why}");
    StoreError::new(StoreErrorKind::Refused, sentence).hint(hint)
}

/// A copy takes the key's place, and the other name keeps the old one.
fn renewed(key: &HostKey) -> String {
    let path = key.path().display().to_string();
    let [key, new] = [path.clone(), format!("{path}.new")].map(|path| quoted(&path));
    format!(
        "`cp --preserve {key} {new} && mv {new} {key}` gives it one of its own; a backup that makes hard links should copy it"
    )
}

/// systemd's program takes our word for what time it is. Where it reads nothing, an empty credential would be sealed.
fn sealed_anew(file: &Path, with_key: &str) -> String {
    let name = file.file_name().unwrap_or_default().display().to_string();
    let path = file.display().to_string();
    let [name, file, new] = [name, path.clone(), format!("{path}.new")].map(|text| quoted(&text));
    format!(
        "with a date in the place of DATE at which it had not, \
         `(set -o pipefail; systemd-creds decrypt --timestamp=DATE {file} - | \
         systemd-creds encrypt --with-key={with_key} --name={name} - {new}) && \
         mv {new} {file} || (rm -f {new}; false)` in bash seals it without an end; or {FROM_A_COPY}"
    )
}

fn locked_tpm(talk: &str) -> StoreError {
    let sentence =
        "the TPM opens nothing for a while, for too many attempts failed or the power was cut too often";
    let error = StoreError::new(StoreErrorKind::Unreachable, sentence)
        .hint("wait until it forgets them, which takes minutes to hours, and run it again");
    because(talk, error)
}

/// The program said nothing about the credential.
fn not_heard(file: &Path, why: &Failed) -> Option<StoreError> {
    let path = file.display();
    let (kind, sentence, hint) = match why {
        Failed::With(_) => return None,
        Failed::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => (
            StoreErrorKind::Unsupported,
            "there is no program systemd-creds here".to_owned(),
            "it comes with systemd, from version 250 on; elsewhere dir:FOLDER keeps a ring",
        ),
        Failed::TooSlow(_) | Failed::GivenUp => (
            StoreErrorKind::Unreachable,
            format!("systemd-creds took longer than {} s, at {path}, and was ended", WHOLE.as_secs()),
            "nothing was written; see whether `systemd-creds has-tpm2` answers",
        ),
        Failed::TooLong => (
            StoreErrorKind::Malformed,
            format!("systemd-creds answers with more than any credential holds, at {path}"),
            "see whether it is systemd's own systemd-creds that runs here",
        ),
        Failed::NotStarted(why) | Failed::Unheard(why) => (
            StoreErrorKind::Unreachable,
            format!("systemd-creds could not be started: {why}"),
            "nothing was written; free some memory, or see who may run it",
        ),
    };
    Some(StoreError::new(kind, sentence).hint(hint))
}

fn because(talk: &str, error: StoreError) -> StoreError {
    let source = (!talk.is_empty()).then(|| format!("systemd-creds says: {talk}").into());
    StoreError { source, ..error }
}

/// What the last words of the program come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Denied,
    NotPermitted,
    Expired,
    OtherName,
    NoTpmSupport,
    LockedTpm,
    Tpm,
    NoKey,
    OtherKey,
    Other,
}

impl Said {
    fn by(talk: &str) -> Self {
        WORDS.iter().find(|(words, _)| talk.contains(words)).map_or(Self::Other, |(_, said)| *said)
    }
}

/// The first that fits counts.
const WORDS: [(&str, Said); 14] = [
    ("Embedded credential name", Said::OtherName),
    ("time passed", Said::Expired),
    ("Permission denied", Said::Denied),
    ("Operation not permitted", Said::NotPermitted),
    ("Access denied", Said::Denied),
    ("authentication required", Said::Denied),
    ("TPM2 support is not installed", Said::NoTpmSupport),
    ("TPM2 support not installed", Said::NoTpmSupport),
    ("lockout mode", Said::LockedTpm),
    ("TPM", Said::Tpm),
    ("TCTI", Said::Tpm),
    ("tss2", Said::Tpm),
    ("Failed to determine local credential", Said::NoKey),
    ("incorrect key", Said::OtherKey),
];

const OTHERS: u32 = 0o077;
const RENAME: &str = "give the file back the name under which it was made";
const TPM_PACKAGES: &str =
    "install what `systemd-creds has-tpm2` misses, in Debian libtss2-esys-3.0.2-0 and libtss2-rc0";
const FROM_A_COPY: &str = "take the three files away and copy the ring there again from another store";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_tell_what_became_of_a_credential() {
        let said = [
            ("Embedded credential name 'OTHER' does not match filename 'TPM', refusing.", Said::OtherName),
            ("Failed to determine local credential key: Permission denied", Said::Denied),
            ("Failed to determine local credential host secret: Permission denied", Said::Denied),
            ("Failed to determine local credential key: No such file or directory", Said::NoKey),
            ("Decryption failed (incorrect key?): error:00000000:lib(0)::reason(0)", Said::OtherKey),
            ("Failed to determine local credential key: Operation not permitted", Said::NotPermitted),
            ("Credential's time passed, refusing to use.", Said::Expired),
            ("TPM2 support is not installed.", Said::NoTpmSupport),
            ("TPM2 device is in dictionary attack lockout mode.", Said::LockedTpm),
            ("Failed to load HMAC key in TPM: tpm:parameter(1):integrity check failed", Said::Tpm),
            ("Failed to initialize TCTI context: tcti:IO failure", Said::Tpm),
            ("Failed to read encrypted credential data: Broken pipe", Said::Other),
            ("", Said::Other),
        ];
        for (talk, expected) in said {
            assert_eq!(Said::by(talk), expected, "{talk}");
        }
    }
}
