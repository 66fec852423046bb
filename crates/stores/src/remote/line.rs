//! The way to one server: patience where it is busy, one deadline, and what a failure on the way means.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::{sleep, timeout};

use super::call::{Answer, Call, Effect};
use super::deadline::Deadline;
use super::runtime::wait;
use crate::{Note, StoreError, StoreErrorKind};

/// Takes one call to a server and back, once.
pub(crate) trait Carry {
    async fn carry(&self, call: &Call) -> Result<Answer, Trouble>;
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) when: When,
    /// What the network said, without an address.
    pub(crate) why: String,
}

/// How far a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// There was no connection, so nothing was done.
    Connecting,
    /// Nobody vouches for us, so nothing was sent.
    SigningIn,
    /// Nobody says where to send it. With what the user can write.
    Nowhere(&'static str),
    /// The server's certificate is not one that is trusted here, so nothing was sent.
    Trusting,
    /// It was sent; the server may have done it.
    Sent,
    /// It was answered with more than any store has to say.
    TooLong,
}

/// The way to one server.
pub(crate) struct Line<C> {
    pub(crate) carrier: C,
    /// The store as the user names it.
    pub(crate) store: String,
    /// The server, for messages.
    pub(crate) host: String,
    /// Whether an answer says that it would be another one later. Throttling and 5xx always do.
    pub(crate) is_busy: fn(&Answer) -> bool,
    /// How the user signs in.
    pub(crate) sign_in: &'static str,
    /// How the user names another certificate authority.
    pub(crate) authority: &'static str,
}

impl<C: Carry> Line<C> {
    /// Asks, and asks again while the server is busy.
    pub(crate) fn ask(&self, call: &Call, deadline: Deadline) -> Result<Answer, StoreError> {
        if let Some(header) = call.unsendable {
            let sentence = format!("{}: {header} has characters that cannot be sent", self.store);
            return Err(StoreError::new(StoreErrorKind::Malformed, sentence)
                .hint("look for a line end or a strange character in the variable it comes from"));
        }
        let answer = wait(self.patiently(call, deadline))??;
        if (300..400).contains(&answer.status) {
            let reason = self
                .error(StoreErrorKind::Malformed, "answered with another address, which is not followed")
                .hint("check the address: what stands there was moved, or is not the store itself");
            return Err(self.refusal(&answer, reason));
        }
        Ok(answer)
    }

    async fn patiently(&self, call: &Call, deadline: Deadline) -> Result<Answer, StoreError> {
        let mut is_doubtful = false;
        let mut pauses = PAUSES.iter();
        loop {
            let mut asked = None;
            let outcome = match timeout(deadline.left(), self.carrier.carry(call)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(Trouble { when: When::Sent, why: "no answer came in time".to_owned() }),
            };
            let failure = match outcome {
                Ok(answer) if !self.would_change(&answer) => return Ok(Answer { is_doubtful, ..answer }),
                Ok(answer) => {
                    is_doubtful |= call.effect.changes() && answer.status >= 500;
                    asked = answer.wait;
                    self.busy(&answer, is_doubtful)
                }
                Err(trouble) => {
                    is_doubtful |= came_through(&trouble, call);
                    let failure = self.failed(&trouble, is_doubtful);
                    if trouble.when != When::Sent || !call.effect.may_be_lost() {
                        return Err(failure);
                    }
                    failure
                }
            };
            if is_doubtful && call.effect == Effect::Once {
                return Err(failure);
            }
            let Some(pause) = pauses.next().map(|pause| asked.unwrap_or_default().max(jittered(*pause)))
            else {
                return Err(failure);
            };
            if deadline.left() <= pause {
                return Err(failure);
            }
            sleep(pause).await;
        }
    }

    fn would_change(&self, answer: &Answer) -> bool {
        answer.status == 429 || (500..600).contains(&answer.status) || (self.is_busy)(answer)
    }

    fn busy(&self, answer: &Answer, is_doubtful: bool) -> StoreError {
        let status = answer.status;
        if is_doubtful {
            return self.uncertain(&format!("it answered with an error of its own (HTTP {status})"));
        }
        let what = match StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()) {
            Some(reason) => format!("is busy (HTTP {status} {reason})"),
            None => format!("is busy (HTTP {status})"),
        };
        let when =
            answer.wait.map_or_else(|| "a few minutes".to_owned(), |wait| format!("{} s", wait.as_secs()));
        self.error(StoreErrorKind::Unreachable, &what)
            .hint(format!("nothing was written; try again in {when}"))
    }

    /// `is_doubtful`: a write may have been done.
    fn failed(&self, trouble: &Trouble, is_doubtful: bool) -> StoreError {
        let Trouble { when, why } = trouble;
        if is_doubtful {
            return self.uncertain(why);
        }
        match when {
            When::Sent => self
                .error(StoreErrorKind::Unreachable, &format!("does not answer: {why}"))
                .hint("see whether it is up, or try again later"),
            When::TooLong => self
                .error(StoreErrorKind::Malformed, "answers with more than any store has to say")
                .hint("check the address: what stands there was moved, or is not the store itself"),
            When::Trusting => self
                .error(
                    StoreErrorKind::Unreachable,
                    &format!("has a certificate that is not trusted here: {why}"),
                )
                .hint(format!("name its certificate authority: {}", self.authority)),
            When::Nowhere(hint) => {
                StoreError::new(StoreErrorKind::Malformed, format!("{}: {why}", self.store)).hint(*hint)
            }
            When::SigningIn => {
                let sentence = format!("{}: cannot sign in to {}: {why}", self.store, self.host);
                StoreError::new(StoreErrorKind::SignInNeeded, sentence).hint(self.sign_in)
            }
            When::Connecting => StoreError::new(
                StoreErrorKind::Unreachable,
                format!("{}: cannot reach {}: {why}", self.store, self.host),
            )
            .hint("check the address and the network, or try again later"),
        }
    }

    /// The write may have been done.
    pub(crate) fn uncertain(&self, why: &str) -> StoreError {
        let sentence =
            format!("{}: the write may have been done, but {} did not say so: {why}", self.store, self.host);
        StoreError::new(StoreErrorKind::Uncertain, sentence).hint("run it again: it looks first")
    }

    /// Somebody else wrote; or, where an earlier attempt may have been done, it was us.
    pub(crate) fn conflict(&self, answer: &Answer) -> StoreError {
        self.refusal(answer, conflict(&self.store))
    }

    /// What a refusal comes to: whatever the reason, an earlier attempt at the same write may have been done.
    pub(crate) fn refusal(&self, answer: &Answer, reason: StoreError) -> StoreError {
        if !answer.is_doubtful {
            return reason;
        }
        let doubt = self.uncertain("it failed at first, and refused it when it was asked again");
        StoreError { source: Some(reason.into()), ..doubt }
    }

    /// There is nothing yet that could hold the ring, and nobody said that it may be made.
    pub(crate) fn not_made(&self, creates: &str) -> StoreError {
        StoreError::new(StoreErrorKind::Missing, format!("{} is not there yet", self.store))
            .hint(format!("check the name, or let `keybaton copy --create` make {creates}"))
    }

    /// An answer that nothing here knows. Its text is not shown: it may repeat what was sent.
    pub(crate) fn unknown(&self, answer: &Answer, doing: &str) -> StoreError {
        let what = format!("answers with HTTP {}, which nobody expects when {doing}", answer.status);
        self.error(StoreErrorKind::Malformed, &what).hint("check the address: is it this kind of store?")
    }

    fn error(&self, kind: StoreErrorKind, what: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {} {what}", self.store, self.host))
    }
}

/// Whether the server may have done what it was asked for.
fn came_through(trouble: &Trouble, call: &Call) -> bool {
    call.effect.changes() && matches!(trouble.when, When::Sent | When::TooLong)
}

/// Somebody else wrote after the store was read.
pub(crate) fn conflict(store: &str) -> StoreError {
    let sentence = format!("{store} was changed by another program meanwhile");
    StoreError::new(StoreErrorKind::Conflict, sentence).hint("nothing was written; run it again")
}

/// Ours is written; whether another was cannot be said.
pub(crate) fn not_looked(why: &StoreError) -> Note {
    Note(format!("written, but whether another program wrote at the same moment could not be seen: {why}"))
}

/// Between half of it and all of it, so that those who were turned away together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness all come back together, which is no reason to stop.
    let _ = getrandom::fill(&mut byte);
    pause.mul_f64(0.5 + f64::from(byte[0]) / 512.0)
}

/// How long a busy server is left alone before it is asked again.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
    Duration::from_millis(3200),
];
