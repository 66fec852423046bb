//! What kind of mount it is: only version 2 of the key-value engine can guard a write.

use reqwest::Method;

use super::Vault;
use crate::remote::{Call, Deadline};
use crate::{StoreError, StoreErrorKind};

/// What the server says of a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Version2,
    /// It does not say: something on the way keeps the question from it.
    Unknown,
}

impl Vault {
    /// Asks as Vault's own program does, before anything that another engine would take for something else: in version 1
    /// the same write would succeed, in another place and without a guard.
    pub(super) fn engine(&self, deadline: Deadline) -> Result<Engine, StoreError> {
        let answer = self.ask(Call::new(Method::GET, self.api(MOUNTS, &self.place.mount)), deadline)?;
        let body = answer.json();
        let (kind, version) = (&body["data"]["type"], &body["data"]["options"]["version"]);
        match (answer.status, kind.as_str()) {
            (200, Some(_)) if version == "2" => Ok(Engine::Version2),
            (200, Some("kv" | "generic")) => Err(self.version_1()),
            (200, Some(_)) => Err(self.no_engine()),
            // Servers that know of no such question know of no version 2 either.
            (404, _) => Err(self.version_1()),
            _ => Ok(Engine::Unknown),
        }
    }

    /// Nobody can say where a write would go.
    pub(super) fn unknown_engine(&self) -> StoreError {
        let mount = &self.place.mount;
        let sentence =
            format!("{}: your token may not see which version the mount {mount} is", self.line.store);
        StoreError::new(StoreErrorKind::Denied, sentence)
            .hint(format!(r#"its policy lacks: path "{MOUNTS}/{mount}" {{ capabilities = ["read"] }}"#))
    }

    fn version_1(&self) -> StoreError {
        let mount = &self.place.mount;
        let sentence = format!("{}: the mount {mount} is version 1 of the key-value engine", self.line.store);
        StoreError::new(StoreErrorKind::Unsupported, sentence)
            .hint(format!("only version 2 can guard a write: vault kv enable-versioning {mount}"))
    }

    fn no_engine(&self) -> StoreError {
        let sentence = format!("{}: the mount {} is no key-value engine", self.line.store, self.place.mount);
        StoreError::new(StoreErrorKind::Unsupported, sentence)
            .hint("name a mount of version 2, or make one: vault secrets enable -path=NAME -version=2 kv")
    }
}

const MOUNTS: &str = "sys/internal/ui/mounts";
