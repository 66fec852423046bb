//! Where a server is.

#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
use super::variable::variable;
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
use crate::{Environment, StoreError};

/// An address without the slash at its end, and the host in it.
pub(crate) fn server(address: &str) -> Option<(String, String)> {
    let address = address.trim_end_matches('/');
    let rest = ["https://", "http://"].iter().find_map(|scheme| address.strip_prefix(scheme))?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    let is_well = !rest.contains(['@', '?', '#', ' ']);
    is_well.then(|| (address.to_owned(), host.to_owned()))
}

/// The first of these variables that says something, and what it says: without a line end that a file or a pipeline left
/// behind.
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku"))]
pub(crate) fn first_of<'a>(
    environment: &Environment,
    names: &[&'a str],
) -> Result<Option<(&'a str, String)>, StoreError> {
    for name in names {
        if let Some(value) = variable(environment, &[name])? {
            return Ok(Some((name, value.trim().to_owned())));
        }
    }
    Ok(None)
}
