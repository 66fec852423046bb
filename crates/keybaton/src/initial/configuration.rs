//! A first `keybaton.toml`.

use std::path::{Path, PathBuf};

use keybaton_core::RingName;

use crate::configuration::{Configuration, Place, key, quoted};
use crate::failure::Failure;

/// The file in this folder, and what is to be written into it. It was read back.
pub(crate) fn first(folder: &Path, place: &Place) -> Result<(PathBuf, String), Failure> {
    let (path, text) = (folder.join(NAME), text(place));
    Configuration::of(&path, &text)?;
    Ok((path, text))
}

/// Where one ring lives, in one environment.
fn text(place: &Place) -> String {
    let name = place.environment.as_deref().unwrap_or(DEVELOPMENT);
    let ring = match &place.ring {
        ring if *ring == RingName::default() => String::new(),
        ring => format!("ring = {}\n", quoted(ring.as_str())),
    };
    let (environment, table, store) = (quoted(name), key(name), quoted(&place.store.url));
    format!(
        "default-environment = {environment}
{ring}
[environments.{table}]
store = {store}
{}
",
        propagation(place)
    )
}

/// How long servers take nobody but their operator knows, and a guess would log users out.
fn propagation(place: &Place) -> String {
    match place.propagation {
        Some(span) => format!(
            "# How long a new key takes to reach each process. Here you restart the server yourself.\npropagation = {}",
            quoted(&span.to_string())
        ),
        None => "# How long a new key takes to reach each process: `keybaton rotate` wants to know.\n# propagation = \"15m\"".to_owned(),
    }
}

/// The environment that is meant where nobody names one.
pub(crate) const DEVELOPMENT: &str = "dev";

const NAME: &str = "keybaton.toml";

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use keybaton_core::time::Span;

    use super::*;
    use crate::after_write::AfterWrite;
    use crate::configuration::{Configuration, Located, Wishes};

    fn place(environment: &str, ring: &str, store: &str, propagation: Option<Span>) -> Place {
        Place {
            ring: ring.parse().unwrap(),
            environment: Some(environment.to_owned()),
            store: Located { url: store.to_owned(), folder: PathBuf::from("/srv/shop") },
            mirrors: Vec::new(),
            propagation,
            longest_signature: None,
            longest_of_ring: None,
            offline: None,
            fleet: None,
            after_write: Some(AfterWrite {
                commands: Vec::new(),
                timeout: Span(300),
                folder: PathBuf::from("/srv/shop"),
            }),
            wishes: Wishes::default(),
            is_main: true,
            encrypts: false,
        }
    }

    #[test]
    fn the_ring_is_named_where_it_is_not_the_usual_one() {
        let usual = text(&place("dev", "SECRET_KEY", "dotenv:.env", Some(Span(0))));
        assert!(!usual.contains("ring ="));
        let other = text(&place("dev", "DJANGO_SECRET_KEY", "dotenv:.env", Some(Span(0))));
        assert!(other.contains("ring = \"DJANGO_SECRET_KEY\"\n"));
    }

    #[test]
    fn what_is_read_back_is_the_place_that_was_written() {
        for environment in ["dev", "production", "staging eu", "a.b", "\"", ""] {
            for store in ["dotenv:.env", "dotenv:a\"b.env", r"dir:C:\keys", "file:\u{7f}\t\u{1b}é"] {
                for propagation in [Some(Span(0)), Some(Span(900)), None] {
                    let written = place(environment, "DJANGO_SECRET_KEY", store, propagation);
                    let path = written.store.folder.join(NAME);
                    let read = Configuration::of(&path, &text(&written)).unwrap();
                    let read = Place::choose(&Wishes::default(), read.as_ref(), Path::new("/")).unwrap();
                    assert_eq!(format!("{read:?}"), format!("{written:?}"));
                }
            }
        }
    }
}
