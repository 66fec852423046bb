//! Data in the project's database that SECRET_KEY encrypts, and that nobody could read with another key.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;

impl Opened {
    /// A new key for the main ring must not make data unreadable. No waiting mends that: the data need a key of their own.
    pub(crate) fn must_keep_data(&self) -> Result<(), Failure> {
        match self.packages_that_encrypt() {
            packages if packages.is_empty() || !self.place.is_main => Ok(()),
            packages => Err(unreadable(self, &packages)),
        }
    }

    /// The packages, as the project itself said.
    fn packages_that_encrypt(&self) -> Vec<String> {
        self.encrypted.clone()
    }
}

fn unreadable(opened: &Opened, packages: &[String]) -> Failure {
    let (packages, them) = (packages.join(" and "), if packages.len() == 1 { "encrypts" } else { "encrypt" });
    let sentence = format!(
        "{}: {packages} {them} data with this key, and another one makes them unreadable",
        opened.name()
    );
    let begin = opened
        .place
        .wishes
        .named("FIELD_ENCRYPTION_KEY")
        .again(&format!("init --from {}", opened.place.ring));
    Failure::new(Exit::Refused, sentence).hint(format!(
        "give the data a key of their own that is today's: `{begin}`, and the setting that docs/rings.md names for the package; \
         once that is deployed, this key rotates freely"
    ))
}
