//! What the user says of a platform with `--set NAME=VALUE`, and what is taken where nothing is said.

use std::collections::BTreeMap;

use crate::exit::Exit;
use crate::failure::Failure;

/// Something that a recipe wants to know and a project does not say.
pub(crate) struct Ask {
    pub(crate) name: &'static str,
    /// What it is, in a few words.
    pub(crate) what: &'static str,
    /// What is taken where nobody says it; empty where nothing is. `NAME` stands for the project's name.
    pub(crate) usual: &'static str,
    pub(crate) kind: Kind,
}

/// What may stand in an answer: each goes into files where other characters would mean something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name as hosts, units and Kubernetes have it: lower case letters, digits and hyphens.
    Label,
    /// A whole path of a machine, without spaces.
    Path,
    /// Anything that is printable, without spaces or quotes: an image, an address, an account.
    Word,
    /// How long: `90d`.
    Span,
}

/// The answers to everything that a recipe asks.
#[derive(Debug)]
pub(crate) struct Answers {
    usual: BTreeMap<&'static str, String>,
    said: BTreeMap<&'static str, String>,
}

impl Answers {
    /// Takes what was said, and what is usual for the rest.
    pub(crate) fn of(asks: &'static [Ask], said: &[String], name: &str) -> Result<Self, Failure> {
        let usual = asks.iter().map(|ask| (ask.name, ask.usual.replace("NAME", name))).collect();
        let said =
            said.iter().map(|text| answer(asks, text).map(|(ask, value)| (ask.name, value.to_owned())));
        Ok(Self { usual, said: said.collect::<Result<_, Failure>>()? })
    }

    /// The answer to what this recipe asks under a name.
    pub(crate) fn get(&self, name: &str) -> &str {
        let usual = || self.usual.get(name).map(String::as_str);
        self.said(name).or_else(usual).expect("a recipe uses what it asks for")
    }

    /// The answer that somebody gave, even where it is the usual one.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        self.said.get(name).map(String::as_str)
    }

    /// The answer to what only the user can know.
    pub(crate) fn needed(&self, name: &str, hint: &str) -> Result<&str, Failure> {
        match self.get(name) {
            "" => Err(Failure::new(Exit::Usage, format!("--set {name}=… is missing")).hint(hint)),
            said => Ok(said),
        }
    }
}

fn answer<'a>(asks: &'static [Ask], text: &'a str) -> Result<(&'static Ask, &'a str), Failure> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(Failure::new(Exit::Usage, "--set wants a name and a value, with = between them")
            .hint(known(asks)));
    };
    let Some(ask) = asks.iter().find(|ask| ask.name == name) else {
        return Err(Failure::new(Exit::Usage, "--set names something that this recipe does not ask for")
            .hint(known(asks)));
    };
    if ask.kind.fits(value) {
        return Ok((ask, value));
    }
    Err(Failure::new(Exit::Usage, format!("--set {name}=… is not {}", ask.kind.wanted())).hint(known(asks)))
}

fn known(asks: &[Ask]) -> String {
    let each = asks.iter().map(|ask| format!("{} ({})", ask.name, ask.what));
    match asks {
        [] => "this recipe asks for nothing".to_owned(),
        _ => format!("it asks for {}", each.collect::<Vec<_>>().join(", ")),
    }
}

impl Kind {
    pub(super) fn fits(self, value: &str) -> bool {
        let all = |fits: fn(char) -> bool| !value.is_empty() && value.chars().all(fits);
        match self {
            Self::Label => is_label(value),
            Self::Path => value.starts_with('/') && all(is_plain),
            Self::Word => !value.starts_with('-') && all(is_plain),
            Self::Span => value.parse::<keybaton_core::time::Span>().is_ok() && all(is_plain),
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Label => "a name of lower case letters, digits and hyphens",
            Self::Path => "a whole path without spaces or quotes",
            Self::Word => "a word without spaces or quotes",
            Self::Span => "a span such as 90d",
        }
    }
}

/// As DNS has labels (RFC 1123): at most 63 of them.
pub(crate) fn is_label(text: &str) -> bool {
    let is_fitting = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(is_fitting)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Means itself in units, YAML, shells and JSON alike.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/._-:@+=,".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKS: &[Ask] = &[
        Ask { name: "user", what: "whose processes these are", usual: "NAME", kind: Kind::Label },
        Ask { name: "age", what: "when a key is old", usual: "90d", kind: Kind::Span },
    ];

    #[test]
    fn what_is_said_comes_before_what_is_usual() {
        let answers = Answers::of(ASKS, &["user=www".to_owned()], "shop").unwrap();
        assert_eq!((answers.get("user"), answers.get("age")), ("www", "90d"));
        assert_eq!(answers.said("age"), None);
        assert_eq!(Answers::of(ASKS, &[], "shop").unwrap().get("user"), "shop");
    }

    #[test]
    fn what_would_mean_something_else_in_a_file_is_refused_without_being_shown() {
        for text in
            ["user=a b", "user=a\nExecStart=/bin/sh", "user=", "user=Shop", "age=soon", "colour=red", "user"]
        {
            let failure = Answers::of(ASKS, &[text.to_owned()], "shop").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(!failure.in_full().contains("ExecStart"), "{text}");
            let hint = "it asks for user (whose processes these are), age (when a key is old)";
            assert_eq!(failure.what_now(), Some(hint));
        }
    }
}
