//! What the user asked for, and how a command is typed that means the same.

use keybaton_core::RingName;
use keybaton_core::shell::quoted;

use super::Configuration;
use crate::arguments::Choices;
use crate::exit::Exit;
use crate::failure::Failure;

/// What the user asked for: the flags, else `KEYBATON_ENV` and `KEYBATON_STORE`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) environment: Option<String>,
    pub(crate) ring: Option<String>,
    pub(crate) store: Option<String>,
    /// What asks the project that started us: `KEYBATON_MANAGE`.
    pub(crate) manage: Option<Vec<String>>,
}

impl Wishes {
    pub(crate) fn new(choices: &Choices) -> Result<Self, Failure> {
        Ok(Self {
            environment: choices
                .environment
                .clone()
                .map_or_else(|| variable("KEYBATON_ENV"), |name| Ok(Some(name)))?,
            ring: choices.ring.clone(),
            store: choices.store.clone().map_or_else(|| variable("KEYBATON_STORE"), |url| Ok(Some(url)))?,
            manage: variable("KEYBATON_MANAGE")?.map(|text| command(&text)).transpose()?,
        })
    }

    /// The same without a ring that is meant anyway.
    pub(crate) fn beyond(&self, configuration: Option<&Configuration>) -> Self {
        let usual = configuration.map_or_else(RingName::default, |known| known.ring.clone());
        let ring = self.ring.clone().filter(|name| *name != usual.as_str());
        Self { ring, ..self.clone() }
    }

    /// The same for another ring of the environment.
    pub(crate) fn of(&self, ring: &RingName) -> Self {
        self.named(ring.as_str())
    }

    /// The same for a ring that may have to be made yet.
    pub(crate) fn named(&self, ring: &str) -> Self {
        Self { ring: Some(ring.to_owned()), ..self.clone() }
    }

    /// A command on the same ring, as it is typed.
    pub(crate) fn again(&self, words: &str) -> String {
        named(&[("-e", &self.environment), ("--ring", &self.ring), ("--store", &self.store)], words)
    }

    /// The same of a command that is told where, such as `copy`.
    pub(crate) fn between(&self, words: &str) -> String {
        named(&[("--ring", &self.ring)], words)
    }
}

fn named(flags: &[(&str, &Option<String>)], words: &str) -> String {
    let flags = flags.iter().filter_map(|(flag, value)| Some((flag, value.as_deref()?)));
    let named = flags.map(|(flag, value)| format!(" {flag} {}", quoted(value)));
    format!("keybaton {words}{}", named.collect::<String>())
}

fn command(text: &str) -> Result<Vec<String>, Failure> {
    serde_json::from_str(text).ok().filter(|words: &Vec<String>| !words.is_empty()).ok_or_else(|| {
        Failure::new(Exit::Configuration, "the variable KEYBATON_MANAGE is no JSON list of strings")
            .hint("`manage.py keybaton …` sets it by itself; unset it elsewhere")
    })
}

fn variable(name: &str) -> Result<Option<String>, Failure> {
    let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let not_text = |_| Failure::new(Exit::Configuration, format!("the variable {name} is not UTF-8 text"));
    value.into_string().map(Some).map_err(not_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_typed_as_it_was_meant() {
        let wishes = |environment: &str, ring: &str, store: &str| {
            let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            Wishes { environment: named(environment), ring: named(ring), store: named(store), manage: None }
        };
        assert_eq!(wishes("", "", "").again("rotate --continue"), "keybaton rotate --continue");
        assert_eq!(
            wishes("staging eu", "JWT_KEY", "awssm://shop?region=eu-west-1").again("status"),
            "keybaton status -e 'staging eu' --ring JWT_KEY --store 'awssm://shop?region=eu-west-1'"
        );
        assert_eq!(
            wishes("dev", "JWT_KEY", "dir:b").between("copy dir:a dir:b"),
            "keybaton copy dir:a dir:b --ring JWT_KEY"
        );
    }

    #[test]
    fn a_ring_that_is_meant_anyway_is_not_named() {
        let named =
            |ring: &str| Wishes { ring: Some(ring.to_owned()), ..Wishes::default() }.beyond(None).ring;
        assert_eq!(named("SECRET_KEY"), None);
        assert_eq!(named("JWT_KEY").as_deref(), Some("JWT_KEY"));
    }
}
