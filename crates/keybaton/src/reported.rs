//! What is told of a step that waits for what processes report.

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Change, Phase, Ready, Refusal, Reporting, Ring};
use keybaton_handover::Around;

use crate::awaited::lines;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::report::{self, NextReport, Report};
use crate::restart::restart_now;
use crate::rotation::price;
use crate::wording;

/// What the user has to do now; nothing where time alone tells.
pub(crate) fn next_line(opened: &Opened, ring: &Ring, around: &Around, next: &NextReport) -> Option<String> {
    let advice = advice(opened, ring, next)?;
    let not_asked = around.not_asked.as_ref();
    match next.ready {
        Ready::Refused(Refusal::NotAsked) => {
            not_asked.map(|error| format!("waits    {error}\nnext     {}; then {advice}", error.hint))
        }
        _ => Some(format!("next     {advice}")),
    }
}

/// The same without why the processes could not be asked.
pub(crate) fn advice(opened: &Opened, ring: &Ring, next: &NextReport) -> Option<String> {
    let goal = match ring.phase() {
        Phase::Staged => "promote it".to_owned(),
        _ => format!("retire {}", next.key),
    };
    let effect = match ring.phase() {
        Phase::Staged => "accepts the new key".to_owned(),
        _ => format!("signs with {}", ring.signing.facts.id),
    };
    let rotate = opened.again("rotate");
    let is_all = opened.policy.fleet == Reporting::All;
    Some(match next.ready {
        _ if opened.policy.fleet == Reporting::None => return None,
        Ready::AfterFleet => {
            let restart = if opened.policy.follows { "see that they are restarted" } else { "restart them" };
            format!("{restart}, so that each {effect}; then run `{rotate}` to {goal}")
        }
        Ready::Refused(Refusal::NobodyReports) => {
            format!(
                "{}, so that each {effect} and reports it; then run `{rotate}` to {goal}",
                restart_now(opened)
            )
        }
        Ready::Refused(Refusal::NotAsked) => format!("run `{rotate}` to {goal}"),
        Ready::AfterFloor(_) if matches!(next.change, Change::Retire(_)) => {
            match opened.policy.longest_signature {
                Span(0) if opened.policy.encrypts => format!("run `{rotate}`, which says how to {goal}"),
                longest => format!("run `{rotate}`: {longest} later it can {goal}"),
            }
        }
        Ready::Now | Ready::AfterFloor(_) if is_all => format!("run `{rotate}` to {goal}"),
        Ready::At(moment) if is_all => {
            format!("run `{rotate}` from {} to {goal}", crate::clock::shown(moment, crate::clock::now()))
        }
        _ => return None,
    })
}

/// What `status` says of the processes.
pub(crate) fn status_lines(report: &Report<'_>, now: Timestamp) -> Vec<String> {
    let Some(fleet) = &report.fleet else { return Vec::new() };
    if let Some(trouble) = &fleet.not_asked {
        return vec![format!("  fleet     could not be asked: {}", trouble.why)];
    }
    let mut said = vec![match fleet.processes {
        0 => "no process reports".to_owned(),
        1 => "1 process reports".to_owned(),
        several => format!("{several} processes report"),
    }];
    said.extend(foreign(fleet.foreign));
    said.extend(fleet.floor.and_then(|floor| above(floor.revision.0, report.revision.0)));
    said.extend(report.next.iter().flat_map(|next| lines(&next.awaits, now)));
    said.into_iter().map(|line| format!("  fleet     {line}")).collect()
}

fn foreign(count: usize) -> Option<String> {
    let who = match count {
        0 => return None,
        1 => "1 process has".to_owned(),
        _ => format!("{count} processes have"),
    };
    Some(format!("{who} another ring of this name, and nothing waits for that"))
}

/// The database knows of a later write than the store does.
pub(crate) fn above(floor: u64, revision: u64) -> Option<String> {
    (floor > revision).then(|| {
        format!(
            "the floor in the database is {floor}, and the ring has revision {revision}: one of them was put back to an older \
             state; new revisions go on above both"
        )
    })
}

/// The step waits for processes.
pub(crate) fn awaited(
    opened: &Opened,
    step: Change,
    ring: &Ring,
    around: &Around,
    now: Timestamp,
) -> Failure {
    let awaits = report::awaits(step, &around.seen(ring, now), &opened.policy);
    let sentence = format!("too early to {}: {}", wording::name(step), lines(&awaits, now).join("; "));
    Failure::new(Exit::Refused, sentence)
        .because(price(opened, step, ring))
        .hint("restart them, or say --force --reason \"…\" if you know better")
}
