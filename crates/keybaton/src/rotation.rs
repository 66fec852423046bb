//! What a rotation is told in: what was done, what comes next, and why something is not done.

use std::collections::BTreeSet;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Change, Misfit, Next, Phase, Ready, Refusal, Ring, Seen, Step, ready};
use keybaton_handover::Around;
use keybaton_stores::{StoreError, StoreErrorKind};

use crate::awaited;
use crate::clock::{now, shown};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::missed::{UNTIL_READ, without_url};
use crate::opened::Opened;
use crate::report::{NextReport, Trouble, next_step};
use crate::reported;
use crate::restart::{follows, restart, restart_now};
use crate::wording;

pub(crate) fn plus(a: Span, b: Span) -> Span {
    Span(a.0.saturating_add(b.0))
}

/// What a dry run would do, or why it would do nothing.
pub(crate) fn would(opened: &Opened, next: Next, ring: &Ring, around: &Around, now: Timestamp) -> String {
    match next {
        Next::Do(Step::Write(change)) => would_write(opened, change, ring),
        Next::Do(Step::Mirror(_)) => format!("would bring the mirrors of {} up first", opened.name()),
        Next::Do(Step::RaiseFloor(to)) => {
            format!("would let no process come back with less than revision {to} first: {}", opened.name())
        }
        _ => what_next(opened, ring, around, now),
    }
}

pub(crate) fn would_write(opened: &Opened, change: Change, ring: &Ring) -> String {
    let subject = match (change, &ring.next) {
        (Change::Retire(id) | Change::Revoke(id), _) => format!(" {id}"),
        (Change::Promote, Some(next)) => format!(" {}", next.facts.id),
        _ => String::new(),
    };
    format!("would {}{subject}: {}", wording::name(change), opened.name())
}

/// Those who read the store would get two steps at once.
pub(crate) fn undelivered(opened: &Opened, why: Option<StoreError>) -> Failure {
    let unknown =
        || StoreError::new(StoreErrorKind::Refused, format!("{}: {}", opened.name(), Refusal::Undelivered));
    Failure::of_store(why.unwrap_or_else(unknown))
}

/// What was done, and what comes next.
pub(crate) fn done(opened: &Opened, step: Change, ring: &Ring, around: &Around, now: Timestamp) -> String {
    // What has not been delivered the write itself has told.
    format!("{}\n{}", did(step, ring), next_around(opened, ring, around, now))
}

/// What a revocation that has reached those who read the store leaves to do.
pub(crate) fn after_revocation(opened: &Opened) -> String {
    format!("next     {} now: until then the old key is accepted", restart_now(opened))
}

/// What cut a key off has not reached those who accept it.
pub(crate) fn cut_off_nowhere(opened: &Opened, Trouble { why, hint }: Trouble) -> Failure {
    let what = "the store was written, but processes may still accept the old key";
    let failure = Failure::new(Exit::PartlyWritten, format!("{}: {what}", opened.name())).because(why);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

pub(crate) fn did(step: Change, ring: &Ring) -> String {
    let signing = ring.signing.facts.id;
    match step {
        Change::Stage => {
            let next = ring.next.as_ref().map_or(signing, |next| next.facts.id);
            format!("staged   {next}: it is accepted, and {signing} still signs")
        }
        Change::Promote => format!("promoted {signing}: it signs, the old key is accepted only"),
        Change::Retire(id) => format!("retired  {id}: it is no longer accepted"),
        Change::Revoke(id) => format!("revoked  {id}: it is cut off, {signing} signs"),
        Change::RevokeAll => format!("revoked  every key: {signing} is new and signs"),
        Change::Abort => format!("aborted  the rotation: {signing} signs"),
    }
}

/// What the user has to do now, and when the next step is safe.
pub(crate) fn what_next(opened: &Opened, ring: &Ring, around: &Around, now: Timestamp) -> String {
    let next = next_around(opened, ring, around, now);
    match &around.undelivered {
        Some(why) => format!("waits    {why}\n{next}"),
        None => next,
    }
}

fn next_around(opened: &Opened, ring: &Ring, around: &Around, now: Timestamp) -> String {
    if opened.is_follow_due(ring) {
        let mend = if opened.place.after_write.is_some() { "mend what after-write runs; then " } else { "" };
        return format!("next     {mend}{}", follows(opened));
    }
    let release = around.undelivered.as_ref().and_then(|why| why.hint.as_deref());
    let Some(next) = next_step(ring, around, &opened.policy, now) else {
        let nothing = "nothing: one key signs, and no other is accepted";
        return format!("next     {}", release.unwrap_or(nothing));
    };
    if let Some(line) = reported::next_line(opened, ring, around, &next).filter(|_| release.is_none()) {
        let awaited = awaited::lines(&next.awaits, now);
        return awaited.iter().map(|line| format!("waits    {line}\n")).collect::<String>() + &line;
    }
    if next.ready == Ready::Refused(Refusal::Encrypts) {
        return format!("next     {}", after_promotion_of_data(opened, ring));
    }
    let restart = restart(opened);
    let when = when(opened, ring, around, &next, now);
    match (ring.phase(), release) {
        (Phase::Staged, Some(release)) => format!("next     {release}; {when} to promote it"),
        (Phase::Staged, None) => {
            format!(
                "next     {restart}, so that each accepts the new key{}; {when} to promote it",
                reads(opened)
            )
        }
        (_, Some(release)) => format!("next     {release}; {when} to retire {}", next.key),
        (_, None) => format!(
            "next     {restart}, so that each signs with {}; {when} to retire {}",
            ring.signing.facts.id, next.key
        ),
    }
}

/// The rings that each process has to read by then.
fn reads(opened: &Opened) -> String {
    let rings: BTreeSet<&str> = opened.untold_settings().iter().map(|(branch, _)| branch.as_str()).collect();
    if rings.is_empty() {
        return String::new();
    }
    format!(" and reads {}", rings.into_iter().collect::<Vec<_>>().join(" and "))
}

/// When the next step is to be taken, and by what.
fn when(opened: &Opened, ring: &Ring, around: &Around, next: &NextReport, now: Timestamp) -> String {
    let rotate = opened.again("rotate");
    match next.safe_from.or(next.after_write_again_from) {
        Some(_) if next.safe_now => format!("then run `{rotate}`"),
        Some(moment) if next.safe_from.is_none() => format!(
            "from {} `{rotate}` runs after-write again, since a process may start with an older copy until then, and waits",
            shown(moment, now)
        ),
        Some(moment) => format!("then run `{rotate}` from {}", shown(moment, now)),
        None if around.undelivered.is_some() => format!("then run `{rotate}`"),
        None if around.mirrors.iter().any(|mirror| !mirror.has(ring)) => {
            format!("then run `{rotate}`, which brings the mirrors up first,")
        }
        None => "then say with `propagation` in keybaton.toml how long that takes".to_owned(),
    }
}

/// What is stored does not expire, and only who looks after it knows when all of it was written anew.
pub(crate) fn encrypts(opened: &Opened, ring: &Ring) -> Failure {
    Failure::new(Exit::Refused, format!("{}: {}", opened.name(), Refusal::Encrypts))
        .because(
            ring.retiring
                .last()
                .map_or_else(String::new, |old| price(opened, Change::Retire(old.key.facts.id), ring)),
        )
        .hint(format!("{}, then {}", save_anew(ring), retire_by_hand(opened)))
}

/// What is to be done until a key that encrypted what is stored may go.
pub(crate) fn after_promotion_of_data(opened: &Opened, ring: &Ring) -> String {
    format!("{}; {}; then {}", restart(opened), save_anew(ring), retire_by_hand(opened))
}

fn save_anew(ring: &Ring) -> String {
    format!("save each row anew, which encrypts it with {}", ring.signing.facts.id)
}

pub(crate) fn retire_by_hand(opened: &Opened) -> String {
    format!("`{}`", opened.again("retire --force --reason \"every row was saved anew\""))
}

/// Who pays for not waiting. Sessions hang on the main ring alone.
pub(crate) fn price(opened: &Opened, step: Change, ring: &Ring) -> String {
    let (what, who) = match step {
        Change::Promote => (
            "processes that have not loaded the staged key would refuse what it signs".to_owned(),
            "users who meet one of them would be logged out".to_owned(),
        ),
        Change::Retire(id) => {
            let since = ring.key(id).map_or_else(now, |key| key.facts.since);
            (
                format!("whatever {id} signed would be refused"),
                format!("users who have not come back since {since} would be logged out"),
            )
        }
        _ => return String::new(),
    };
    match (opened.place.is_main, opened.policy.encrypts, step) {
        (true, true, Change::Retire(id)) => {
            format!("{what}, and whatever is still encrypted with {id} could be read by nobody: {who}")
        }
        (true, ..) => format!("{what}: {who}"),
        (false, true, Change::Retire(id)) => {
            format!("whatever is still encrypted with {id} could be read by nobody")
        }
        (false, ..) => what,
    }
}

/// The step's time has not come.
pub(crate) fn too_early(opened: &Opened, step: Change, ring: &Ring, moment: Timestamp) -> Failure {
    let sentence = format!("too early to {}: it is safe from {}", wording::name(step), shown(moment, now()));
    Failure::new(Exit::Refused, sentence)
        .because(price(opened, step, ring))
        .hint("wait, or say --force --reason \"…\" if you know better")
}

/// The step does not fit the ring.
pub(crate) fn misfit(opened: &Opened, misfit: Misfit, seen: &Seen<'_>) -> Failure {
    let failure = Failure::new(Exit::Refused, format!("{}: {misfit}", opened.name()));
    let command = |words| format!("`{}`", opened.again(words));
    match misfit {
        Misfit::KeyRetires(id) => failure.hint(match ready(Change::Retire(id), seen, &opened.policy) {
            Ready::At(moment) => format!("{} is safe from {}", command("retire"), shown(moment, seen.now)),
            Ready::FollowAgain(moment) => {
                format!(
                    "{} runs after-write again from {}, and goes on",
                    command("rotate"),
                    shown(moment, seen.now)
                )
            }
            _ => format!("run {} first", command("retire")),
        }),
        Misfit::AlreadyStaged => {
            failure.hint(format!("{} lets it sign, {} drops it", command("promote"), command("abort")))
        }
        Misfit::NothingStaged => failure.hint(format!("{} makes a next key", command("stage"))),
        _ => failure.hint(format!("{} shows the ring", command("status"))),
    }
}

/// A mirror lacks the last write, or could not be read, so that nobody knows.
pub(crate) fn mirror_behind(opened: &Opened, which: usize, around: &Around) -> Failure {
    let url = opened.places.mirrors.get(which).map_or("a mirror", |mirror| &mirror.url);
    let Some(why) = around.unread.get(which).and_then(Option::as_ref) else {
        return Failure::new(Exit::Refused, format!("{}: {url} lacks the last write", opened.name()))
            .hint(format!("`{}` brings it up, and goes on", opened.again("rotate --continue")));
    };
    let sentence = format!("{}: {url} could not be read: {}", opened.name(), without_url(url, why));
    let mend = why.hint.as_deref().unwrap_or("mend the cause");
    Failure::new(Exit::Refused, sentence).hint(format!("{mend}; {UNTIL_READ}"))
}

/// Nobody said how long a write takes to reach each process.
pub(crate) fn no_propagation(opened: &Opened) -> Failure {
    let environment = opened.place.environment.as_deref().unwrap_or("NAME");
    Failure::new(Exit::Refused, format!("{}: nothing says how long a new key takes to reach each process", opened.name()))
        .hint(format!(
            "write propagation = \"…\" under [environments.{environment}]. A mounted Kubernetes Secret needs about 2m, \
             External Secrets 1h, App Service 1d; environment variables and .env files as long as it takes until every \
             process was restarted"
        ))
}
