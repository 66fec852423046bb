//! What GitLab's refusals mean, and what this store refuses itself, by what the caller does about them.

use crate::error::MIXED;
use crate::remote::Answer;
use crate::{Note, StoreError, StoreErrorKind};

use super::GitLab;
use super::calls::{Doing, is_about};
use super::login::SIGN_IN;
use super::made::SHORTEST;
use super::variable::Variable;

impl GitLab {
    /// What an answer means that is not the one that was hoped for.
    pub(super) fn refused(&self, answer: &Answer, doing: Doing) -> StoreError {
        self.line.refusal(answer, self.reason(answer, doing))
    }

    fn reason(&self, answer: &Answer, doing: Doing) -> StoreError {
        let doing = if doing == Doing::Reading { "reading" } else { "writing" };
        match answer.status {
            401 => self.sign_in_needed(),
            403 if is_about(answer, "insufficient_scope") => {
                self.denied(doing, "the token needs the scope api")
            }
            403 if is_about(answer, "read-only") => self.read_only(),
            403 => self.denied(doing, self.role()),
            404 => self.no_such_place(),
            400 if is_about(answer, "Maximum number of") => self.full(),
            400 if is_about(answer, "is invalid") => self.invalid(),
            _ => self.line.unknown(answer, doing),
        }
    }

    fn sign_in_needed(&self) -> StoreError {
        let sentence = format!("{}: {} knows no valid token of yours", self.line.store, self.line.host);
        StoreError::new(StoreErrorKind::SignInNeeded, sentence)
            .hint(format!("{SIGN_IN}; a job's own CI_JOB_TOKEN may not read variables"))
    }

    fn denied(&self, doing: &str, need: &str) -> StoreError {
        self.error(StoreErrorKind::Denied, &format!("you have no right to this when {doing}")).hint(need)
    }

    fn role(&self) -> &'static str {
        if self.place.is_group() {
            "it needs the role Owner in the group"
        } else {
            "it needs the role Maintainer in the project"
        }
    }

    fn read_only(&self) -> StoreError {
        self.error(StoreErrorKind::Unreachable, &format!("{} is read-only now", self.line.host))
            .hint("nothing was written; go to its primary site, or try again after the maintenance")
    }

    /// GitLab says the same to whoever may not know of it.
    fn no_such_place(&self) -> StoreError {
        let what = if self.place.is_group() { "group" } else { "project" };
        let sentence = format!("{} has no such {what}, or your token may not see it", self.line.host);
        self.error(StoreErrorKind::Malformed, &sentence)
            .hint(format!("check the path, and whether the token belongs to a member of the {what}"))
    }

    fn full(&self) -> StoreError {
        self.error(StoreErrorKind::TooLarge, "there are as many variables as GitLab keeps")
            .hint("take out some that nobody reads")
    }

    fn invalid(&self) -> StoreError {
        self.error(
            StoreErrorKind::Refused,
            "GitLab does not take this value for a variable that is set up so",
        )
        .hint("see whether it is masked: what is masked has no white space")
    }

    pub(super) fn hidden(&self, name: &str) -> StoreError {
        self.error(StoreErrorKind::Unsupported, &format!("{name} is hidden, so GitLab gives its value to jobs alone"))
            .hint("what is hidden stays hidden: delete it, and make it anew as masked, with the key from where you keep it")
    }

    /// Jobs that took the path for the key signed with what everybody can guess.
    pub(super) fn is_file(&self, name: &str) -> StoreError {
        let what = format!(
            "{name} is of type File, so jobs get the path of a file in its place, and a path is no secret"
        );
        self.error(StoreErrorKind::Refused, &what).hint(
            "make its type Variable in GitLab, under Settings, CI/CD, Variables; where a program took the path for its key, \
             what that signed is refused from then on",
        )
    }

    pub(super) fn with_nul(&self, name: &str) -> StoreError {
        self.error(
            StoreErrorKind::Unsupported,
            &format!("{name} would hold a NUL, which no variable can hold"),
        )
        .hint("a key without NUL can be written")
    }

    pub(super) fn too_large(&self, name: &str) -> StoreError {
        self.error(StoreErrorKind::TooLarge, &format!("{name} would be larger than 10,000 characters"))
            .hint("retire some of its keys, or make shorter ones")
    }

    pub(super) fn not_maskable(&self, variable: &Variable) -> StoreError {
        let name = &variable.name;
        let need = if variable.is_raw {
            format!("{SHORTEST} characters or more, and no white space")
        } else {
            format!(
                "{SHORTEST} characters or more, and letters, digits and _+=/@:.~- alone, as it is also expanded"
            )
        };
        self.error(StoreErrorKind::Refused, &format!("{name} is masked, and its new value cannot be"))
            .hint(format!("a masked value has {need}; change the variable's settings in GitLab, or take another kind of key"))
    }

    pub(super) fn would_be_expanded(&self, name: &str) -> StoreError {
        let what =
            format!("{name} is expanded, and its new value has a $ in it, so jobs would get another one");
        self.error(StoreErrorKind::Refused, &what)
            .hint("take away \"Expand variable reference\" from the variable in GitLab")
    }

    /// There is nothing yet that could hold the ring, unless another scope was meant.
    pub(super) fn missing(&self, scopes: &[&str]) -> StoreError {
        let creates = super::KIND.creates;
        let what = format!("there is no such variable in the scope {}", self.place.scope);
        self.error(StoreErrorKind::Missing, &what).hint(match scopes {
            [] => format!("check the name, or let `keybaton copy --create` make {creates}"),
            _ => format!(
                "there is one in: {}; name it with scope=, or let `keybaton copy --create` make {creates}",
                scopes.join(", ")
            ),
        })
    }

    pub(super) fn unscoped(&self) -> StoreError {
        let what = format!("{} gives the variables of a group no scope", self.line.host);
        self.error(StoreErrorKind::Unsupported, &what).hint(
            "nothing was written; scopes of a group's variables are of GitLab Premium: leave scope= out, or use a project",
        )
    }

    pub(super) fn written_between(&self) -> StoreError {
        let what = "another program wrote at the same moment, and one of the two writes is lost";
        self.error(StoreErrorKind::Overlap, what).hint(MIXED)
    }

    pub(super) fn unmasked(&self, name: &str) -> Note {
        Note(format!(
            "{}: {name} is not masked in the logs of jobs, for GitLab masks nothing that is short or has white space",
            self.line.store
        ))
    }

    pub(super) fn shadowed(&self, scope: &str) -> Note {
        Note(format!(
            "{}: jobs in the scope {scope} get a variable of the same name that stands there, and not this one",
            self.line.store
        ))
    }
}
