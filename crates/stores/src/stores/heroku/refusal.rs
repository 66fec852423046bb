//! What Heroku's refusals mean, and what there is to say of releases, by what the caller does about it.

use crate::remote::Answer;
use crate::{Note, StoreError, StoreErrorKind};

use super::Heroku;
use super::calls::Doing;
use super::login::SIGN_IN;
use super::release::{Release, Status};

impl Heroku {
    /// What an answer means that is not the one that was hoped for.
    pub(super) fn refused(&self, answer: &Answer, doing: Doing) -> StoreError {
        self.line.refusal(answer, self.reason(answer, doing))
    }

    fn reason(&self, answer: &Answer, doing: Doing) -> StoreError {
        let doing = if doing == Doing::Reading { "reading" } else { "writing" };
        let id = answer.json()["id"].as_str().unwrap_or_default().to_owned();
        match (answer.status, id.as_str()) {
            (401, _) => self.sign_in_needed(),
            (402, _) | (403, "delinquency") => self.unpaid(),
            (403, "suspended") => self.suspended(),
            (403, "two_factor") => self.denied(
                doing,
                "the app wants a second factor: use a key from `heroku authorizations:create`",
            ),
            (403, _) => {
                self.denied(doing, "you have to be a collaborator of the app, in a team one who may deploy")
            }
            (404, "not_found") => self.no_app(),
            (422, _) => self.invalid(),
            _ => self.line.unknown(answer, doing),
        }
    }

    fn sign_in_needed(&self) -> StoreError {
        let sentence = format!("{}: {} knows no valid key of yours", self.line.store, self.line.host);
        StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(SIGN_IN)
    }

    fn unpaid(&self) -> StoreError {
        self.error(StoreErrorKind::Denied, "Heroku wants its account paid or verified first")
            .hint("see https://dashboard.heroku.com/account/billing")
    }

    fn suspended(&self) -> StoreError {
        self.error(StoreErrorKind::Denied, "Heroku has suspended this app or its account")
            .hint("only Heroku can lift that: https://help.heroku.com")
    }

    fn denied(&self, doing: &str, need: &str) -> StoreError {
        self.error(StoreErrorKind::Denied, &format!("you have no right to this when {doing}")).hint(need)
    }

    fn no_app(&self) -> StoreError {
        self.error(StoreErrorKind::Malformed, &format!("{} has no such app", self.line.host))
            .hint("`heroku apps --all` shows those that you can see")
    }

    fn invalid(&self) -> StoreError {
        self.error(StoreErrorKind::Refused, "Heroku does not take these config vars").hint(
            "see whether an add-on owns one of that name, or whether all together are larger than 32 KB",
        )
    }

    pub(super) fn unsendable(&self, name: &str) -> StoreError {
        self.error(
            StoreErrorKind::Unsupported,
            &format!("{name} would be empty or hold a NUL, which no config var can"),
        )
        .hint("any other key can be written")
    }

    pub(super) fn too_large(&self) -> StoreError {
        self.error(StoreErrorKind::TooLarge, "all config vars together would be larger than 32 KB")
            .hint("take out some that nobody reads, or retire some keys")
    }

    /// Somebody wrote after us who could not know it.
    pub(super) fn overwritten(&self, theirs: &Release) -> StoreError {
        let what = format!("another program wrote right after this write (v{})", theirs.version);
        self.error(StoreErrorKind::Conflict, &what).hint("run it again: it goes on from what stands there")
    }

    /// Somebody wrote before us, unseen, and nobody but us knows it.
    pub(super) fn wrote_over(&self, theirs: &Release, ours: &Release) -> StoreError {
        let what = format!(
            "this write (v{}) went over one that another program made at the same moment (v{})",
            ours.version, theirs.version
        );
        self.error(StoreErrorKind::Overlap, &what).hint(format!(
            "what v{} changed in the ring is lost, and a key that it revoked is accepted again: see with \
             `heroku releases --app {}` whose it was, and do again what it did",
            theirs.version, self.app
        ))
    }

    /// There was another, and which of the two is lost, if any, cannot be said.
    pub(super) fn either(&self, releases: &[Release], why: &StoreError) -> StoreError {
        let what = format!(
            "another program changed the app at the same moment ({}), and whether that was the ring could not be seen: {why}",
            named(releases)
        );
        self.error(StoreErrorKind::Overlap, &what).hint(format!(
            "see with `heroku releases --app {}` what the other did; if it revoked a key, see whether that is gone",
            self.app
        ))
    }

    /// A release that no dyno runs yet.
    pub(super) fn not_out(&self, release: &Release) -> Option<Note> {
        let Release { version, status, .. } = release;
        let (what, next) = match status {
            Status::Out => return None,
            Status::Pending => {
                ("runs its release command first", "dynos restart with this write once that has succeeded")
            }
            Status::Failed => (
                "failed",
                "dynos go on with the one before it, so mend that and release again before the next step",
            ),
        };
        Some(Note(format!(
            "{}: release v{version} {what}; {next}: heroku releases:output v{version} --app {}",
            self.line.store, self.app
        )))
    }

    /// Dynos lack what was written before, too: one step more would be two at once for them.
    pub(super) fn not_out_before(&self, last: &Release) -> Option<Note> {
        let what = match last.status {
            Status::Out => return None,
            Status::Pending => "is not out yet, so no dyno has what it changed; they may get both at once",
            Status::Failed => "had failed, so no dyno has what it changed; they get both at once",
        };
        Some(Note(format!("{}: release v{} before this write {what}", self.line.store, last.version)))
    }

    /// The ring that stands here is not the one that dynos have.
    pub(super) fn undelivered(&self, last: &Release, running: Option<&Release>) -> StoreError {
        let version = last.version;
        let (what, hint) = match last.status {
            Status::Failed => ("failed", "mend that and release again"),
            _ => ("is not out yet", "wait until its release command has ended"),
        };
        let still = match running {
            Some(running) => format!("so dynos still have the ring of v{}", running.version),
            None => "so no dyno has this ring".to_owned(),
        };
        self.error(StoreErrorKind::Refused, &format!("release v{version} {what}, {still}")).hint(format!(
            "`heroku releases:output v{version} --app {}` shows what its command said; {hint}",
            self.app
        ))
    }

    fn error(&self, kind: StoreErrorKind, what: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {what}", self.line.store))
    }
}

fn named(releases: &[Release]) -> String {
    releases.iter().map(|release| format!("v{}", release.version)).collect::<Vec<_>>().join(", ")
}
