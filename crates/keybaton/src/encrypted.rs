//! Data in the project's database that SECRET_KEY encrypts: with another key nobody could read them.

use keybaton_audit::encrypted;
use keybaton_core::{Change, Phase, Ring};
use keybaton_handover::Lifetimes;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::initial::further::project;
use crate::opened::Opened;
use crate::rotation::retire_by_hand;

/// What is known of the packages that encrypt with the main ring.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packages {
    /// Those that know one key alone.
    pub(crate) of_one_key: Vec<String>,
    /// Those that read with former keys too: data have to be saved anew before a key retires.
    pub(crate) of_several: Vec<String>,
}

impl Packages {
    /// What the project says of itself.
    pub(crate) fn of(lifetimes: &Lifetimes) -> Self {
        Self { of_one_key: lifetimes.encrypted.clone(), of_several: lifetimes.encrypted_fallbacks.clone() }
    }
}

impl Opened {
    /// What the project says of itself, where it was asked; else what its sources show.
    pub(crate) fn learn_what_encrypts(&mut self) {
        if !self.place.is_main {
            return;
        }
        let packages = self.encrypting.get_or_insert_with(in_sources);
        self.policy.encrypts |= !packages.of_several.is_empty();
    }

    /// A new key for the main ring must not make data unreadable. No waiting mends that: they need a key of their own.
    pub(crate) fn must_keep_data(&self, change: Change) -> Result<(), Failure> {
        match (change, &self.encrypting) {
            (Change::Stage | Change::Promote, Some(packages)) if !packages.of_one_key.is_empty() => {
                Err(unreadable(self, &packages.of_one_key))
            }
            _ => Ok(()),
        }
    }

    /// A key that is cut off is gone at once, and with it whatever nobody but it can read. That nobody takes back, and a leak
    /// is not mended by it.
    pub(crate) fn must_lose_no_data(&self, is_under_way: bool) -> Result<(), Failure> {
        self.must_keep_data(Change::Promote)?;
        if !self.policy.encrypts {
            return Ok(());
        }
        let sentence = format!(
            "{}: what is stored may be encrypted with it, and nobody could read that again",
            self.name()
        );
        let replaced = self.again(if is_under_way { "rotate" } else { "rotate --new" });
        Err(Failure::new(Exit::Refused, sentence).hint(format!(
            "bring another key in its place, step by step: `{replaced}`; save each row anew once that signs; then {}",
            retire_by_hand(self)
        )))
    }

    /// The same for a rotation as a whole, which comes to its promotion by itself.
    pub(crate) fn must_keep_data_in(&self, ring: &Ring) -> Result<(), Failure> {
        if ring.phase() == Phase::Promoted { Ok(()) } else { self.must_keep_data(Change::Promote) }
    }
}

fn in_sources() -> Packages {
    let mut packages = Packages::default();
    for found in project().iter().flat_map(encrypted) {
        let which = if found.reads_fallbacks { &mut packages.of_several } else { &mut packages.of_one_key };
        which.push(found.package.to_owned());
    }
    packages
}

fn unreadable(opened: &Opened, packages: &[String]) -> Failure {
    let encrypt = if packages.len() == 1 { "encrypts" } else { "encrypt" };
    let sentence = format!(
        "{}: {} {encrypt} data with this key, and another one makes them unreadable",
        opened.name(),
        packages.join(" and ")
    );
    let begin = format!("init --from {}", opened.place.ring);
    let begin = opened.place.wishes.named("FIELD_ENCRYPTION_KEY").again(&begin);
    Failure::new(Exit::Refused, sentence).hint(format!(
        "give the data a key of their own that is today's: `{begin}`, and the setting that docs/rings.md names for the package; \
         once that is deployed, this key rotates freely"
    ))
}
