//! Reading without surprises: never too much, never for ever, never from a device.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::error::shown;
use crate::{FileError, FileErrorKind, system};

/// What stood in a file. Its memory is wiped when it is dropped, and its debug form shows nothing of it.
pub struct Content(Zeroizing<Vec<u8>>);

/// How much is read, and how long a pipe is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes that are taken; a larger file is refused before it is read.
    pub bytes: usize,
    /// How long a pipe may stay silent: whoever fills it may first ask its user for a fingerprint.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, silence: Duration::from_secs(60) }
    }
}

/// Reads a file, or a pipe to its end.
///
/// Links are followed. A pipe is opened without waiting for its writer, and then waited for within the limit, so that
/// the pipes which password managers put in the place of a .env file work and a forgotten one is an error.
pub fn read(path: &Path, limits: Limits) -> Result<Content, FileError> {
    let failed = |error| FileError::from_io("read", path, error);
    let file = system::open_without_waiting(path).map_err(|error| refused_open(path, error))?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_file() {
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        return read_bounded(&file, path, limits, size);
    }
    if system::is_pipe(&metadata) {
        return read_bounded(&file, path, limits, 0);
    }
    Err(not_a_file(path, if metadata.is_dir() { "a folder" } else { "a device" }))
}

impl Content {
    /// The bytes themselves. Whoever calls this answers for where they go.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The same bytes in memory that is still wiped.
    #[must_use]
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Content(…)")
    }
}

fn refused_open(path: &Path, error: io::Error) -> FileError {
    let is_socket = std::fs::metadata(path).is_ok_and(|metadata| system::is_socket(&metadata));
    if is_socket {
        return not_a_file(path, "a socket");
    }
    FileError::from_io("read", path, error)
}

pub(crate) fn not_a_file(path: &Path, what: &str) -> FileError {
    FileError::new(FileErrorKind::NotAFile, format!("{} is {what}, not a file", shown(path)))
        .with_hint("name the file itself")
}

/// Reads to the end. The buffer grows by copies that are wiped, so no piece of a secret is left behind.
pub(crate) fn read_bounded(
    file: &File,
    path: &Path,
    limits: Limits,
    size: usize,
) -> Result<Content, FileError> {
    if size > limits.bytes {
        return Err(too_large(path, limits));
    }
    let mut buffer = Zeroizing::new(vec![0; size.max(LEAST_BUFFER) + 1]);
    let mut filled = 0;
    loop {
        match read_some(file, &mut buffer[filled..], limits.silence) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => return Err(failed_read(path, limits, error)),
        }
        if filled > limits.bytes {
            return Err(too_large(path, limits));
        }
        if filled == buffer.len() {
            let mut larger = Zeroizing::new(vec![0; buffer.len() * 2]);
            larger[..filled].copy_from_slice(&buffer);
            buffer = larger;
        }
    }
    buffer.truncate(filled);
    Ok(Content(buffer))
}

/// Waits first: a pipe whose writer has not come yet would read as ended.
fn read_some(mut file: &File, into: &mut [u8], silence: Duration) -> io::Result<usize> {
    let deadline = Instant::now() + silence;
    loop {
        if !system::wait_until_readable(file, deadline.saturating_duration_since(Instant::now()))? {
            return Err(ErrorKind::TimedOut.into());
        }
        match file.read(into) {
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            outcome => return outcome,
        }
    }
}

fn failed_read(path: &Path, limits: Limits, error: io::Error) -> FileError {
    if error.kind() != ErrorKind::TimedOut {
        return FileError::from_io("read", path, error);
    }
    let sentence =
        format!("{} is a pipe into which nobody wrote for {} seconds", shown(path), limits.silence.as_secs());
    FileError::new(FileErrorKind::Silent, sentence)
        .with_hint("unlock the password manager or start the program that fills it, then run it again")
}

fn too_large(path: &Path, limits: Limits) -> FileError {
    let sentence = format!("{} is larger than {} bytes", shown(path), limits.bytes);
    FileError::new(FileErrorKind::TooLarge, sentence)
        .with_hint("this is not a file of settings; was something else written into it?")
}

/// Most .env files fit at once.
const LEAST_BUFFER: usize = 4096;
