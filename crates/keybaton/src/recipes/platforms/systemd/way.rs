//! How the key gets from its store to the service.

use super::super::plain::must_be_plain;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::{Facts, Ring};

const UNIT: &str = "a unit";

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// systemd's credentials: these lines of the unit.
    Credentials(Vec<String>),
    /// `keybaton run` becomes the server.
    Run,
    /// `keybaton run --watch` stays before it.
    Watch,
    /// A file in memory that a service of its own makes, and that systemd reads.
    File,
    /// Lines of the unit that a person writes on the server.
    Plain,
}

impl Way {
    /// The one that is wanted, where the stores of all rings can go it.
    pub(super) fn of(facts: &Facts) -> Result<Self, Failure> {
        must_be_plain("the name of the settings", &facts.django.settings, UNIT)?;
        must_be_plain("the folder of manage.py", &format!("./{}", facts.django.folder.display()), UNIT)?;
        let way = match facts.variant {
            "credentials" => Self::Credentials(Vec::new()),
            "watch" => Self::Watch,
            "run" => Self::Run,
            "environment-file" => Self::File,
            _ => Self::Plain,
        };
        facts.home.rings.iter().try_for_each(|ring| way.can_read(ring, &facts.django.name))?;
        if way == Self::Watch && !facts.django.reports {
            return Err(misfit("no process takes a changed ring over by itself: that does the app keybaton.django, which the settings do not name")
                .hint("set it up as docs/django.md says; or take --variant run, which restarts the site"));
        }
        if way == Self::Watch && !facts.answers.get("listen").contains(':') {
            return Err(misfit(
                "--set listen=… has no port, and behind `keybaton run --watch` the server opens it itself",
            )
            .hint("say an address and a port, such as --set listen=127.0.0.1:8000"));
        }
        match way {
            Self::Credentials(_) => credentials(facts).map(Self::Credentials),
            way => Ok(way),
        }
    }

    fn can_read(&self, ring: &Ring, name: &str) -> Result<(), Failure> {
        let kind = ring.store.kind();
        let nobody = "name one that can be read back; `keybaton stores` lists them";
        match (kind.scheme, self) {
            _ if !kind.can.read_back => Err(unread(ring, "gives its keys to nobody").hint(nobody)),
            ("env" | "keychain", _) => Err(unread(ring, "is nothing that a service of the machine has").hint(
                format!("say another one in its environment, such as store = \"{}\"", usual_store(self.name(), name)),
            )),
            ("systemd", Self::Run | Self::Watch) => {
                Err(unread(ring, "is read by root alone, and not by the user of the service")
                    .hint(format!("take --variant credentials: systemd opens them for the service; or say store = \"{}\" in its environment, and bring the ring there with `keybaton copy`", usual_store(self.name(), name))))
            }
            ("dotenv", Self::Credentials(_)) => {
                Err(unread(ring, "is one file for all variables, and a credential is a file for each text")
                    .hint("say store = \"systemd:/etc/credstore.encrypted\" in its environment, and bring the ring there with `keybaton copy`; or take --variant run"))
            }
            (_, Self::Credentials(_)) if !kind.local => {
                Err(unread(ring, "is behind a network, and systemd reads credentials from files")
                    .hint("take --variant watch, which follows the store, or --variant run, which reads it at each start"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Credentials(_) => "credentials",
            Self::Run => "run",
            Self::Watch => "watch",
            Self::File => "environment-file",
            Self::Plain => PLAIN,
        }
    }

    pub(super) fn credentials(&self) -> &[String] {
        if let Self::Credentials(lines) = self { lines } else { &[] }
    }

    /// Whether systemd keeps the socket open while the site restarts. It hands it to the process that it starts itself, and
    /// behind `--watch` that is not the server.
    pub(super) fn has_socket(&self) -> bool {
        *self != Self::Watch
    }
}

/// The three texts of each ring, by the names that its store gives them.
fn credentials(facts: &Facts) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for ring in &facts.home.rings {
        let place = ring.store.rest().split('?').next().unwrap_or_default();
        must_be_plain("the path of the store", place, UNIT)?;
        let place = match place.starts_with('/') {
            true => place.to_owned(),
            false => format!("{}/{}", facts.answers.get("folder"), place.trim_start_matches("./")),
        };
        lines.extend(of_ring(ring, place.trim_end_matches('/')));
    }
    Ok(lines)
}

fn of_ring(ring: &Ring, place: &str) -> [String; 3] {
    let name = ring.name.as_str();
    let names = [name.to_owned(), ring.name.fallbacks(), ring.name.record()];
    let ends = ["", ".fallbacks", ".ring"];
    let mut index = 0..3;
    names.map(|text| {
        let end = index.next().map_or("", |at| ends[at]);
        match ring.store.scheme() {
            "systemd" if place == CREDSTORE => format!("LoadCredentialEncrypted={text}"),
            "systemd" => format!("LoadCredentialEncrypted={text}:{place}/{text}"),
            "file" => format!("LoadCredential={text}:{place}{end}"),
            _ => format!("LoadCredential={text}:{place}/{text}"),
        }
    })
}

/// What is proposed to a project whose configuration names no store: a folder where the user of the service reads it.
pub(super) fn usual_store(variant: &str, name: &str) -> String {
    match variant {
        "run" | "watch" => format!("dir:/var/lib/keybaton/{name}"),
        _ => format!("systemd:{CREDSTORE}"),
    }
}

fn unread(ring: &Ring, why: &str) -> Failure {
    misfit(&format!("{}: its store, {}, {why}", ring.name, ring.store))
}

fn misfit(sentence: &str) -> Failure {
    Failure::new(Exit::Configuration, sentence.to_owned())
}

/// The variant that a person writes.
pub(super) const PLAIN: &str = "environment";
/// Where systemd looks by itself.
const CREDSTORE: &str = "/etc/credstore.encrypted";
