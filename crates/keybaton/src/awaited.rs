//! The processes that a step waits for, in words and for programs.

use std::collections::BTreeMap;

use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Awaited, Beats, Hindrance, Pulse};
use serde::Serialize;

use crate::clock::{ago, shown};

/// A process that a step waits for. Its times are of the database's clock, the last one of ours.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AwaitedReport {
    pub(crate) process: Box<str>,
    role: Box<str>,
    host: Box<str>,
    why: &'static str,
    /// The ring that it was not given, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    lacks: Option<Box<str>>,
    /// What in it uses a key that its settings no longer say.
    holds: Vec<Box<str>>,
    started: Timestamp,
    seen: Timestamp,
    lives: bool,
    /// From when on it counts as gone, where it fell silent and anybody says how long that may take.
    gone_from: Option<Timestamp>,
    #[serde(skip)]
    runs_for: Span,
    #[serde(skip)]
    silent_for: Span,
}

impl AwaitedReport {
    pub(crate) fn new(Awaited { beat, why, pulse }: &Awaited<'_>, beats: &Beats) -> Self {
        Self {
            process: beat.process.clone(),
            role: beat.role.clone(),
            host: beat.host.clone(),
            why: match why {
                Hindrance::Lacks(_) => "lacks",
                Hindrance::Refuses => "refuses",
                Hindrance::Signs => "signs",
                Hindrance::Holds => "holds",
                Hindrance::Behind => "behind",
            },
            lacks: if let Hindrance::Lacks(ring) = why { Some(ring.as_str().into()) } else { None },
            holds: beat.holds.clone(),
            started: beat.started,
            seen: beat.seen,
            lives: *pulse == Pulse::Lives,
            gone_from: if let Pulse::Lapsed(from) = pulse { *from } else { None },
            runs_for: beats.now.since(beat.started),
            silent_for: beats.now.since(beat.seen),
        }
    }

    /// What it does; of all that do the same one line is made.
    fn does(&self, is_one: bool) -> String {
        let need = if is_one { "needs a restart" } else { "need a restart" };
        let s = if is_one { "s" } else { "" };
        match self.why {
            "signs" => format!("sign{s} with the old key and {need}"),
            "holds" => format!("use{s} the old key in {} and {need}", self.holds.join(", ")),
            "lacks" => {
                let verb = if is_one { "does" } else { "do" };
                let ring = self.lacks.as_deref().unwrap_or_default();
                format!("{verb} not read {ring} yet and {need} with the settings that do")
            }
            _ => need.to_owned(),
        }
    }
}

/// Who is waited for, and why: a line for each role, and one for each process that fell silent.
pub(crate) fn lines(awaited: &[AwaitedReport], now: Timestamp) -> Vec<String> {
    let mut groups: BTreeMap<(&str, String), Vec<&AwaitedReport>> = BTreeMap::new();
    for process in awaited.iter().filter(|process| process.lives) {
        groups.entry((&process.role, process.does(false))).or_default().push(process);
    }
    let living = groups.into_values().map(|group| {
        let does = group[0].does(group.len() == 1);
        format!("{} {} {does} ({})", group.len(), group[0].role, places(&group))
    });
    let silent = awaited.iter().filter(|process| !process.lives).map(|process| silent(process, now));
    living.chain(silent).collect()
}

/// `a1 (5), b2 (3), up for 3d`
fn places(group: &[&AwaitedReport]) -> String {
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for process in group {
        *hosts.entry(&process.host).or_default() += 1;
    }
    let others = hosts.len().saturating_sub(MOST_HOSTS);
    let named = hosts.into_iter().take(MOST_HOSTS).map(|(host, count)| match count {
        1 => host.to_owned(),
        _ => format!("{host}: {count}"),
    });
    let others = (others > 0).then(|| format!("{others} more hosts"));
    let oldest = group.iter().map(|process| process.runs_for).max().unwrap_or_default();
    named.chain(others).chain([format!("up for {oldest}")]).collect::<Vec<_>>().join(", ")
}

fn silent(process: &AwaitedReport, now: Timestamp) -> String {
    let AwaitedReport { role, host, .. } = process;
    let id = short(&process.process);
    let seen = ago(process.silent_for);
    let gone = match process.gone_from {
        Some(moment) => format!("counts as gone from {}, or with --gone {id}", shown(moment, now)),
        None => format!("counts as gone with --gone {id} alone"),
    };
    format!("1 {role} on {host} reported last {seen}, did not say that it stopped, and {gone}")
}

/// Enough of a random id to tell it from others.
fn short(process: &str) -> &str {
    process.get(..SHORT).unwrap_or(process)
}

const MOST_HOSTS: usize = 4;
const SHORT: usize = 10;

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn process(role: &str, host: &str, why: &'static str) -> AwaitedReport {
        AwaitedReport {
            process: "3f2a9c1b7d3f2a9c1b7d3f2a9c1b7d3f".into(),
            role: role.into(),
            host: host.into(),
            why,
            lacks: (why == "lacks").then(|| "COOKIE_SIGNING_KEY".into()),
            holds: if why == "holds" { vec!["simplejwt".into()] } else { Vec::new() },
            started: Timestamp(0),
            seen: Timestamp(1_000),
            lives: true,
            gone_from: None,
            runs_for: Span(7_200),
            silent_for: Span(5),
        }
    }

    #[test]
    fn processes_of_one_role_are_told_together() {
        let mut awaited = vec![process("web", "a1", "refuses"); 3];
        awaited.push(process("web", "b2", "behind"));
        awaited.push(process("web", "b2", "holds"));
        awaited.push(process("web", "b2", "lacks"));
        awaited.push(AwaitedReport { runs_for: Span(90_000), ..process("celery", "c3", "signs") });
        let silent =
            AwaitedReport { lives: false, silent_for: Span(300), ..process("command", "d4", "refuses") };
        awaited.push(silent.clone());
        awaited.push(AwaitedReport { gone_from: Some(Timestamp(1_600)), ..silent });
        assert_snapshot!(lines(&awaited, Timestamp(1_000)).join("\n"), @"
        1 celery signs with the old key and needs a restart (c3, up for 1d 1h)
        1 web does not read COOKIE_SIGNING_KEY yet and needs a restart with the settings that do (b2, up for 2h)
        4 web need a restart (a1: 3, b2, up for 2h)
        1 web uses the old key in simplejwt and needs a restart (b2, up for 2h)
        1 command on d4 reported last 5m ago, did not say that it stopped, and counts as gone with --gone 3f2a9c1b7d alone
        1 command on d4 reported last 5m ago, did not say that it stopped, and counts as gone from 1970-01-01T00:26:40Z (in 10m), or with --gone 3f2a9c1b7d
        ");
    }

    #[test]
    fn of_many_hosts_some_are_named() {
        let awaited: Vec<_> =
            (1..=9).map(|number| process("web", &format!("a{number}"), "refuses")).collect();
        assert_snapshot!(lines(&awaited, Timestamp(1_000)).join("\n"), @"9 web need a restart (a1, a2, a3, a4, 5 more hosts, up for 2h)");
    }
}
