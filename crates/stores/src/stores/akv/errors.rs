//! What a vault's refusals mean, by what the caller does about them.

use crate::error::MIXED;
use crate::remote::Answer;
use crate::{StoreError, StoreErrorKind};

use super::Akv;
use super::calls::Doing;
use super::login::SIGN_IN;

/// Whether a secret is on its way out or back: it will be there, or not, in a moment.
pub(super) fn is_in_between(answer: &Answer) -> bool {
    answer.status == 409 && ["ObjectIsBeingDeleted", "ObjectIsBeingRecovered"].contains(&&*inner_code(answer))
}

/// The code inside the error, which is what one can go by.
pub(super) fn inner_code(answer: &Answer) -> String {
    let error = &answer.json()["error"];
    let inner = ["innererror", "innerError"].iter().find_map(|name| error[name]["code"].as_str());
    inner.unwrap_or_default().to_owned()
}

impl Akv {
    /// What an answer means that is not the one that was hoped for. `permission` is what the call needs.
    pub(super) fn refused(&self, answer: &Answer, name: &str, needs: (&str, Doing)) -> StoreError {
        self.line.refusal(answer, self.reason(answer, name, needs))
    }

    fn reason(&self, answer: &Answer, name: &str, (permission, doing): (&str, Doing)) -> StoreError {
        let doing = if doing == Doing::Reading { "reading" } else { "writing" };
        match (answer.status, &*inner_code(answer)) {
            (401, _) => self.strange_token(),
            (403, "SecretDisabled") => self.disabled(name),
            (403, "ForbiddenByFirewall" | "ForbiddenByConnection") => self.walled(doing),
            (403, inner) => self.denied(inner, (permission, doing)),
            (409, "ObjectIsDeletedButRecoverable") => self.deleted(name),
            _ => self.line.unknown(answer, doing),
        }
    }

    /// The token is for this vault's domain and none other, whatever the vault says that it wants.
    fn strange_token(&self) -> StoreError {
        let host = &self.line.host;
        let Some(challenge) = self.line.carrier.challenge() else {
            return self
                .error(StoreErrorKind::SignInNeeded, &format!("{host} does not accept your token"))
                .hint(SIGN_IN);
        };
        if let Some(resource) = challenge.foreign(host) {
            let what = format!("{host} wants a token for {resource}, which is not its own domain");
            return self
                .error(StoreErrorKind::Malformed, &what)
                .hint("no such token was asked for; check the name of the vault, and who answers for it in your network");
        }
        let error = self.error(StoreErrorKind::SignInNeeded, &format!("{host} does not accept your token"));
        match challenge.tenant() {
            Some(tenant) => error.hint(format!("it trusts the tenant {tenant}: az login --tenant {tenant}")),
            None => error.hint(SIGN_IN),
        }
    }

    fn denied(&self, inner: &str, (permission, doing): (&str, &str)) -> StoreError {
        let vault = self.place.vault();
        let role = if doing == "reading" { "Key Vault Secrets User" } else { "Key Vault Secrets Officer" };
        let by_role = format!("the role \"{role}\" on the vault {vault} or on the secret");
        let by_policy = format!(
            "az keyvault set-policy --name {vault} --secret-permissions {permission} --object-id WHO"
        );
        let hint = match inner {
            "ForbiddenByRbac" => format!("it needs {by_role}; a role takes minutes to count"),
            "AccessDenied" | "ForbiddenByPolicy" => {
                format!("it needs the permission {permission}: {by_policy}")
            }
            _ => format!("it needs {by_role}, or in a vault with access policies: {by_policy}"),
        };
        self.error(StoreErrorKind::Denied, &format!("you have no right to this when {doing}")).hint(hint)
    }

    fn walled(&self, doing: &str) -> StoreError {
        let vault = self.place.vault();
        let what = format!("its network rules leave you no right to this when {doing}");
        self.error(StoreErrorKind::Denied, &what).hint(format!(
            "go through its virtual network or private endpoint, or let this address in: az keyvault network-rule add --name \
             {vault} --ip-address ADDRESS"
        ))
    }

    fn disabled(&self, name: &str) -> StoreError {
        self.error(StoreErrorKind::Refused, &format!("the current version of {name} is disabled"))
            .hint(format!("az keyvault secret set-attributes {} --enabled true", self.place.words(name)))
    }

    fn deleted(&self, name: &str) -> StoreError {
        let what =
            format!("{name} was deleted, and its name is kept for the time in which that can be undone");
        self.error(StoreErrorKind::Refused, &what)
            .hint(format!("az keyvault secret recover {}", self.place.words(name)))
    }

    pub(super) fn managed(&self, name: &str) -> StoreError {
        let what = format!("{name} belongs to a certificate, which alone makes new versions of it");
        self.error(StoreErrorKind::Refused, &what).hint("keep the ring in a secret of its own")
    }

    pub(super) fn too_large(&self) -> StoreError {
        let what = "the value would be larger than 25,600 bytes, which is all that a secret holds";
        self.error(StoreErrorKind::TooLarge, what)
            .hint("keep the ring in a secret of its own, or retire some of its keys")
    }

    /// Somebody wrote after us who could not know it.
    pub(super) fn overwritten(&self, name: &str, ours: &str) -> StoreError {
        let what =
            format!("another program wrote {name} right after this write, which is version {ours} now");
        self.error(StoreErrorKind::Conflict, &what).hint("run it again: it goes on from what stands there")
    }

    /// Ours stands, and nobody but us knows that there was another.
    pub(super) fn wrote_over(&self, name: &str, other: &str) -> StoreError {
        let words = self.place.words(name);
        let what =
            format!("this write went over version {other}, which another program made at the same moment");
        self.error(StoreErrorKind::Overlap, &what).hint(format!(
            "what it changed is lost, and a key that it revoked is accepted again: see with \
             `az keyvault secret show {words} --version {other}` what it was, and do again what it did"
        ))
    }

    /// There was another, and which of the two stands cannot be said.
    pub(super) fn either(&self, why: &StoreError) -> StoreError {
        let what = format!(
            "another program wrote at the same moment, and which write stands could not be seen: {why}"
        );
        self.error(StoreErrorKind::Overlap, &what).hint(MIXED)
    }

    fn error(&self, kind: StoreErrorKind, what: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {what}", self.line.store))
    }
}
