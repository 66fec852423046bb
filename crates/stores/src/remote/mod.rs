//! What the stores behind a network have in common: calls with one deadline, retries, and errors by what the caller does.

pub(crate) mod address;
#[cfg(feature = "aws")]
pub(crate) mod aws;
#[cfg(feature = "base64")]
pub(crate) mod base64;
pub(crate) mod call;
#[cfg(any(feature = "aws", feature = "gcsm", feature = "gha", feature = "gitlab"))]
pub(crate) mod claimed;
pub(crate) mod client;
#[cfg(any(feature = "gha", feature = "gitlab"))]
pub(crate) mod clock;
pub(crate) mod date;
pub(crate) mod deadline;
#[cfg(any(feature = "akv", feature = "gcsm"))]
pub(crate) mod giver;
pub(crate) mod here;
#[cfg(feature = "values")]
mod joined;
#[cfg(any(feature = "akv", feature = "gcsm"))]
pub(crate) mod jwt;
pub(crate) mod line;
#[cfg(feature = "object")]
pub(crate) mod members;
#[cfg(feature = "object")]
pub(crate) mod object;
#[cfg(any(feature = "gcsm", feature = "gha", feature = "gitlab", feature = "vault"))]
pub(crate) mod path;
pub(crate) mod patience;
pub(crate) mod runtime;
pub(crate) mod seen;
#[cfg(feature = "values")]
mod separate;
#[cfg(any(feature = "gha", feature = "gitlab", feature = "heroku", feature = "vault"))]
pub(crate) mod server;
#[cfg(feature = "values")]
pub(crate) mod values;
#[cfg(any(
    feature = "akv",
    feature = "aws",
    feature = "gha",
    feature = "gitlab",
    feature = "heroku",
    feature = "vault"
))]
pub(crate) mod variable;

pub(crate) use address::Address;
#[cfg(feature = "network")]
pub(crate) use call::{Answer, Call};
pub(crate) use deadline::Deadline;
#[cfg(feature = "network")]
pub(crate) use line::Line;

/// Waits, in the midst of a write, for something that a service is still doing.
#[cfg(feature = "aws")]
pub(crate) fn pause(time: std::time::Duration) {
    std::thread::sleep(time);
}
