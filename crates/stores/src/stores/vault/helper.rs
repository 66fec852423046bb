//! Where Vault's own program keeps the token of whoever logged in: a program of the user's choice, or a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use keybaton_files::{FileErrorKind, Limits, read};

use crate::program::printed_by;
use crate::{Environment, StoreError, StoreErrorKind};

/// The token for the server at this address.
pub(super) fn token(environment: &Environment, address: &str) -> Result<Option<String>, StoreError> {
    let home = environment("HOME").map(PathBuf::from);
    match program(environment, home.as_deref())? {
        Some(program) => asked(&program, address),
        None => home.map_or(Ok(None), |home| file_text(&home.join(".vault-token"))),
    }
}

/// The program that a configuration names: the one in a variable, else that of Vault, else that of OpenBao.
fn program(environment: &Environment, home: Option<&Path>) -> Result<Option<PathBuf>, StoreError> {
    let named = ["VAULT_CONFIG_PATH", "BAO_CONFIG_PATH"].into_iter().filter_map(|name| environment(name));
    let usual = home.into_iter().flat_map(|home| [home.join(".vault"), home.join(".bao")]);
    for file in named.map(PathBuf::from).chain(usual) {
        let Some(configuration) = file_text(&file)? else { continue };
        let Some(program) = setting(&configuration) else { continue };
        if !Path::new(program).is_absolute() {
            let sentence = format!("{} names a token helper without its full path", file.display());
            return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
                .hint(r#"write for example token_helper = "/usr/local/bin/helper""#));
        }
        return Ok(Some(program.into()));
    }
    Ok(None)
}

/// The value of `token_helper = "…"`.
fn setting(configuration: &str) -> Option<&str> {
    let lines = configuration.lines().filter_map(|line| line.split_once('='));
    let mut values = lines.filter(|(name, _)| name.trim() == "token_helper").map(|(_, value)| value);
    values.next_back()?.split('"').nth(1)
}

/// Asks the program, as Vault's own does.
fn asked(program: &Path, address: &str) -> Result<Option<String>, StoreError> {
    let failed = |why: &dyn std::fmt::Display| {
        let sentence = format!("the token helper {} {why}", program.display());
        StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint("run `vault login`, or set VAULT_TOKEN")
    };
    let mut command = Command::new(program);
    // One helper can have the tokens of several servers.
    command.arg("get").env("VAULT_ADDR", address).stdin(Stdio::null());
    let printed = printed_by(&mut command, LIMIT).map_err(|why| failed(&why))?;
    let token = std::str::from_utf8(&printed).map_err(|_| failed(&"printed what is no text"))?;
    Ok(Some(token.trim().to_owned()))
}

pub(super) fn file_text(path: &Path) -> Result<Option<String>, StoreError> {
    match read(path, Limits::default()) {
        Ok(content) => Ok(Some(String::from_utf8_lossy(content.expose()).trim().to_owned())),
        Err(error) if error.kind() == FileErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// It may unlock something, and has nobody to ask.
const LIMIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_setting_counts_and_a_comment_is_none_of_it() {
        let text =
            "# token_helper = \"/no\"\ntoken_helper = \"/a\"\n  token_helper=\"/b c\" # ours\nx = \"y\"";
        assert_eq!(setting(text), Some("/b c"));
        assert_eq!(setting(""), None);
        assert_eq!(setting("token_helper = /a"), None);
    }
}
