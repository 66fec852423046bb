//! What systems do in their own ways: programs that take our place or run beside us, and Ctrl-C.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(any(windows, test))]
mod scripts;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

/// A path with slashes on every system, for files that are shared between them.
pub(crate) fn with_slashes(path: &std::path::Path) -> String {
    path.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}
