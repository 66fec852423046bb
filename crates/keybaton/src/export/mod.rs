//! Rings as other programs read them: one file a format. This is the one list of them.
//!
//! Each format writes what its reader reads back unchanged, or says why it cannot.

mod compose;
mod docker;
mod dotenv;
mod fish;
mod gha;
mod gha_mask;
mod json;
mod k8s;
mod powershell;
mod procfile;
mod shell;
mod supervisor;
mod systemd;

use keybaton_core::{Field, RingName, SecretText, Texts};
use zeroize::Zeroizing;

/// How rings are written for one kind of reader.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// Who reads it, in a few words.
    pub(crate) reader: &'static str,
    write: fn(&Export) -> Result<Text, Unfit>,
}

/// What is written. It holds keys.
pub(crate) type Text = Zeroizing<String>;

/// The rings to write.
#[derive(Default)]
pub(crate) struct Export {
    variables: Vec<Variable>,
    keys: Vec<SecretText>,
}

/// A text under its name. Its name may be shown.
struct Variable {
    name: String,
    value: Text,
}

/// A text that a format cannot carry.
pub(crate) struct Unfit {
    /// The variable.
    pub(crate) name: String,
    /// What in it stands in the way.
    pub(crate) what: &'static str,
}

pub(crate) const FORMATS: [Format; 13] = [
    dotenv::FORMAT,
    docker::FORMAT,
    compose::FORMAT,
    systemd::FORMAT,
    shell::FORMAT,
    fish::FORMAT,
    powershell::FORMAT,
    json::FORMAT,
    k8s::FORMAT,
    gha::FORMAT,
    gha_mask::FORMAT,
    supervisor::FORMAT,
    procfile::FORMAT,
];

impl Format {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    pub(crate) fn write(&self, export: &Export) -> Result<Text, Unfit> {
        (self.write)(export)
    }

    /// The formats that can carry all of it.
    pub(crate) fn that_carry(export: &Export) -> Vec<&'static str> {
        FORMATS.iter().filter(|format| format.write(export).is_ok()).map(|format| format.name).collect()
    }
}

impl Export {
    /// One more ring.
    pub(crate) fn add(&mut self, ring: &RingName, texts: &Texts) {
        for field in Field::ALL {
            if let Some(text) = texts.get(field) {
                let value = Zeroizing::new(text.to_owned());
                self.variables.push(Variable { name: ring.of(field), value });
            }
        }
        self.keys.extend(texts.keys());
    }

    /// A line for each variable.
    fn lines(&self, line: impl Fn(&Variable) -> Result<Text, Unfit>) -> Result<Text, Unfit> {
        let mut text = Zeroizing::new(String::new());
        for variable in &self.variables {
            text.push_str(&line(variable)?);
            text.push('\n');
        }
        Ok(text)
    }
}

impl Variable {
    /// Refuses a value with any of these in it.
    fn must_not_hold(&self, unfit: &[(char, &'static str)]) -> Result<(), Unfit> {
        match unfit.iter().find(|(character, _)| self.value.contains(*character)) {
            Some((_, what)) => Err(self.unfit(what)),
            None => Ok(()),
        }
    }

    fn must_be_one_line(&self) -> Result<(), Unfit> {
        self.must_not_hold(&[('\n', "a line break"), ('\r', "a carriage return")])
    }

    fn unfit(&self, what: &'static str) -> Unfit {
        Unfit { name: self.name.clone(), what }
    }

    /// As JSON writes it, and YAML reads it.
    fn as_json(&self) -> Text {
        json_text(&self.value)
    }
}

/// Each of these characters with another one before it.
fn escaped(text: &str, special: &[char], with: char) -> Text {
    let mut new = Zeroizing::new(String::with_capacity(2 * text.len()));
    for character in text.chars() {
        if special.contains(&character) {
            new.push(with);
        }
        new.push(character);
    }
    new
}

/// Each of these characters twice.
fn doubled(text: &str, special: &[char]) -> Text {
    let mut new = Zeroizing::new(String::with_capacity(2 * text.len()));
    for character in text.chars() {
        new.extend(std::iter::repeat_n(character, if special.contains(&character) { 2 } else { 1 }));
    }
    new
}

fn json_text(text: &str) -> Text {
    Zeroizing::new(serde_json::Value::from(text).to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use insta::assert_snapshot;

    use super::*;

    fn export(key: &str) -> Export {
        let mut export = Export::default();
        let texts = Texts { signing: Some(SecretText::new(key.to_owned())), ..Texts::default() };
        export.add(&RingName::default(), &texts);
        export
    }

    #[test]
    fn a_key_of_the_usual_kind_fits_every_format() {
        let export = export("made0up1made2up3");
        assert_eq!(Format::that_carry(&export).len(), FORMATS.len());
        let all = FORMATS.iter().filter_map(|format| {
            Some(format!("{}: {}", format.name, format.write(&export).ok()?.trim_end()))
        });
        assert_snapshot!(all.collect::<Vec<_>>().join("\n"), @r#"
        dotenv: SECRET_KEY=made0up1made2up3
        docker: SECRET_KEY=made0up1made2up3
        compose: environment:
          SECRET_KEY: "made0up1made2up3"
        systemd: SECRET_KEY="made0up1made2up3"
        shell: export SECRET_KEY='made0up1made2up3'
        fish: set -gx SECRET_KEY 'made0up1made2up3'
        powershell: $env:SECRET_KEY = 'made0up1made2up3'
        json: {"SECRET_KEY":"made0up1made2up3"}
        k8s: apiVersion: v1
        kind: Secret
        metadata:
          name: django
        type: Opaque
        stringData:
          SECRET_KEY: "made0up1made2up3"
        gha: SECRET_KEY=made0up1made2up3
        gha-mask: ::add-mask::made0up1made2up3
        supervisor: environment=SECRET_KEY="made0up1made2up3"
        procfile: SECRET_KEY='made0up1made2up3'
        "#);
    }

    #[test]
    fn what_a_reader_would_change_is_refused_by_name() {
        let told = |format: &str, key: &str| match Format::named(format).unwrap().write(&export(key)) {
            Err(Unfit { name, what }) => format!("{name} holds {what}"),
            Ok(text) => format!("{:?}", text.as_str()),
        };
        assert_eq!(told("docker", "two\nlines"), "SECRET_KEY holds a line break");
        assert_eq!(told("supervisor", "a\"b"), "SECRET_KEY holds a double quote");
        assert_eq!(told("supervisor", "a #b"), "SECRET_KEY holds a ; or # behind a space");
        assert_eq!(told("procfile", "it's"), "SECRET_KEY holds a single quote");
        assert_eq!(told("gha", "a\rb"), "SECRET_KEY holds a carriage return");
        assert_eq!(
            told("gha", "END_OF_KEY\nb"),
            r#""SECRET_KEY<<END_OF_KEY_\nEND_OF_KEY\nb\nEND_OF_KEY_\n""#
        );
        assert_eq!(told("powershell", "it\u{2019}s"), "\"$env:SECRET_KEY = 'it\u{2019}\u{2019}s'\\n\"");
    }

    #[test]
    fn the_page_names_every_format_in_the_order_of_the_list() {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/export.md")).unwrap();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        assert_eq!(rows.collect::<Vec<_>>(), FORMATS.map(|format| format.name));
    }

    #[test]
    fn every_file_of_the_folder_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/export");
        let names =
            fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = names
            .filter(|name| name != "mod.rs")
            .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
            .collect();
        let mut listed: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        files.sort();
        listed.sort_unstable();
        assert_eq!(files, listed);
    }
}
