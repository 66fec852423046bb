//! What GitHub's refusals mean, by what the caller does about it.

use keybaton_core::shell::quoted;

use crate::remote::Answer;
use crate::{Note, StoreError, StoreErrorKind};

use super::Gha;
use super::calls::Doing;
use super::found::Found;
use super::login::SIGN_IN;
use super::place::Place;
use super::trouble::is_limit;

impl Gha {
    /// What an answer means that is not the one that was hoped for.
    pub(super) fn refused(&self, answer: &Answer, doing: Doing) -> StoreError {
        self.line.refusal(answer, self.reason(answer, doing))
    }

    fn reason(&self, answer: &Answer, doing: Doing) -> StoreError {
        let doing = if doing == Doing::Reading { "reading" } else { "writing" };
        match answer.status {
            401 => self.sign_in_needed(),
            403 | 429 if is_limit(answer) => self.limited(),
            403 => self.denied(doing),
            404 => self.nothing_there(),
            422 => self.invalid(),
            _ => self.line.unknown(answer, doing),
        }
    }

    fn sign_in_needed(&self) -> StoreError {
        let sentence = format!("{}: {} does not take the token", self.line.store, self.line.host);
        StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(SIGN_IN)
    }

    fn limited(&self) -> StoreError {
        self.error(
            StoreErrorKind::Unreachable,
            &format!("{} has a limit of calls that is reached", self.line.host),
        )
        .hint("nothing was written there; wait a minute, and see `gh api rate_limit`")
    }

    fn denied(&self, doing: &str) -> StoreError {
        self.error(StoreErrorKind::Denied, &format!("you have no right to this when {doing}"))
            .hint(self.needed())
    }

    /// What a token has to have.
    fn needed(&self) -> &'static str {
        match self.place {
            Place::Repository { .. } => {
                "the token needs Secrets and Variables (read and write) of the repository, a classic one the scope repo; the \
                 GITHUB_TOKEN of a workflow never has them"
            }
            Place::Environment { .. } => {
                "the token needs Environments (read and write) of the repository, a classic one the scope repo; the \
                 GITHUB_TOKEN of a workflow never has them"
            }
            Place::Organization { .. } => {
                "the token needs Secrets and Variables (read and write) of the organization, a classic one the scope admin:org"
            }
        }
    }

    /// GitHub says of what a token may not see what it says of what is not there.
    pub(super) fn nothing_there(&self) -> StoreError {
        let (what, name) = match &self.place {
            Place::Organization { .. } => ("organization", "check the name"),
            _ => ("repository", "check the name, and whether it was moved"),
        };
        let sentence = format!("{} has no such {what}, or shows it to others alone", self.line.host);
        self.error(StoreErrorKind::Malformed, &sentence).hint(format!("{name}; {}", self.needed()))
    }

    pub(super) fn no_environment(&self, name: &str) -> StoreError {
        let path = quoted(&self.place.whole());
        self.error(
            StoreErrorKind::Malformed,
            &format!("the repository has no environment {name}, or shows it to others alone"),
        )
        .hint(format!("`gh api --method PUT {path}` makes it; {}", self.needed()))
    }

    fn invalid(&self) -> StoreError {
        self.error(StoreErrorKind::Refused, "GitHub does not take this secret or variable").hint(
            "see whether there are a hundred already (a thousand in an organization), or whether its name is one that GitHub keeps",
        )
    }

    /// Written anew with fewer repositories, a secret is lost to the others.
    pub(super) fn not_sure_of_the_chosen(&self, name: &str) -> StoreError {
        self.error(
            StoreErrorKind::Conflict,
            &format!(
                "{} lists other repositories that {name} was chosen for than it counts, or others each time",
                self.line.host
            ),
        )
        .hint("nothing was written; run it again: somebody may choose others just now; where that stays, the token does not see all of them")
    }

    pub(super) fn not_sealed(&self) -> StoreError {
        self.error(
            StoreErrorKind::Malformed,
            &format!("{} has a key to which nothing can be sealed", self.line.host),
        )
        .hint("check the address: is it GitHub?")
    }

    pub(super) fn unsendable(&self, name: &str) -> StoreError {
        self.error(
            StoreErrorKind::Unsupported,
            &format!("{name} would be empty or hold a NUL, which no job can get"),
        )
        .hint("any other key can be written")
    }

    pub(super) fn too_large(&self, name: &str) -> StoreError {
        self.error(StoreErrorKind::TooLarge, &format!("{name} would be larger than 48 KB"))
            .hint("retire some of its keys, or make shorter ones")
    }

    pub(super) fn written_between(&self) -> StoreError {
        self.error(StoreErrorKind::Uncertain, "another program wrote the record at the same moment")
            .hint("run it again: it looks first, and writes anew what may be mixed")
    }

    /// Nobody can see what it was.
    pub(super) fn written_by_others(&self, found: &Found) -> Option<Note> {
        let (field, secret) = found.written_since()?;
        Some(Note(format!(
            "{}: {} was written by another program at {}, after keybaton's last write; a secret cannot be read, so what it was \
             is not known",
            self.line.store,
            self.ring.of(field),
            secret.written
        )))
    }
}
