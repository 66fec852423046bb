//! A rotation: the plan, then the next safe step.

use std::time::Duration;

use clap::{Args, ValueEnum};
use keybaton_core::time::{Span, Timestamp};
use keybaton_core::{Change, Goal, Next, Phase, Refusal, Ring, Step, next};
use keybaton_handover::{Advance, Standing, advance, standing};
use keybaton_stores::StoreError;
use serde::Serialize;

use crate::allowed::Owner;
use crate::ask::{Answer, confirm};
use crate::clock::{now, shown};
use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::follow::followed;
use crate::interrupt::{Interrupt, Waited};
use crate::missed;
use crate::opened::{Opened, interruptible, tell};
use crate::report::{self, Report};
use crate::restart;
use crate::rotation;

/// Do the next safe step to a new key; run it again to go on
///
/// A rotation has three steps, stage, promote and retire, so that nobody is logged out. Without a rotation under way
/// this asks whether to start one
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton rotate                        The next safe step, and what to do after it
  keybaton rotate --new --no-input       Start a rotation without being asked
  keybaton rotate --if-older-than 90d    For a scheduled job
  keybaton rotate --wait --timeout 1h    Stage, wait, promote")]
pub(crate) struct Rotate {
    /// Start a rotation without asking
    #[arg(long, conflicts_with_all = ["if_older_than", "continue"])]
    new: bool,
    /// Start a rotation if the signing key is older than this, such as 90d
    #[arg(long, value_name = "AGE", conflicts_with = "continue")]
    if_older_than: Option<Span>,
    /// Go on with a rotation, and never start one
    #[arg(long)]
    r#continue: bool,
    /// Wait until it is safe, and go on: through the promotion, or to the end
    #[arg(long, value_name = "UNTIL", num_args = 0..=1, require_equals = true, default_missing_value = "promote")]
    wait: Option<Until>,
    /// Stop waiting after this long, such as 30m
    #[arg(long, value_name = "TIME", requires = "wait")]
    timeout: Option<Span>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print what was done and what comes next as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    owner: Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Until {
    Promote,
    Retire,
}

#[derive(Serialize)]
struct Outcome<'a> {
    did: Vec<&'static str>,
    /// What a dry run would have done.
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<&'static str>,
    #[serde(flatten)]
    report: Report<'a>,
}

impl Rotate {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let opened = Opened::here(world, self.owner.allowed())?;
        // What was cut short or missed can be finished without it.
        if opened.policy.propagation.is_none() && !self.r#continue {
            return Err(rotation::no_propagation(&opened));
        }
        if let Some(failure) = self.wait.and_then(|_| restart::no_time_to_restart(&opened)) {
            return Err(failure);
        }
        let interrupt = interruptible()?;
        let before = self.look(world, &opened, &interrupt)?;
        let Some(goal) = self.goal(world, &opened, &before.ring)? else {
            return self.tell(world, &opened, &before.ring, &[]);
        };
        if self.dry_run {
            return self.tell_what_would(world, &opened, &before.ring, goal);
        }
        if matches!(goal, Goal::Replace(_)) {
            opened.must_not_leak()?;
        }
        self.go_on(world, &opened, &interrupt, goal)
    }

    fn look(&self, world: &World<'_>, opened: &Opened, interrupt: &Interrupt) -> Result<Standing, Failure> {
        if self.dry_run {
            return opened.peek();
        }
        let standing = opened.write(world, interrupt, |world| standing(&opened.places, world))?;
        opened.settle(world, interrupt, standing)
    }

    /// What this run is for; nothing where no rotation is under way and none is to be started.
    fn goal(&self, world: &World<'_>, opened: &Opened, ring: &Ring) -> Result<Option<Goal>, Failure> {
        if ring.phase() != Phase::Settled {
            if self.new {
                world.print.note(
                    "a rotation is under way, so this goes on with it; the next can begin when it has ended",
                );
            }
            return Ok(Some(Goal::Settle));
        }
        if self.r#continue {
            return Ok(None);
        }
        let age = now().since(ring.signing.facts.made);
        if self.if_older_than.is_some_and(|limit| age < limit) {
            world.print.note(&format!("key {} is {age} old: too young to rotate", ring.signing.facts.id));
            return Ok(None);
        }
        world.print.note(&rotation::plan(opened));
        let started = self.new || self.if_older_than.is_some() || self.dry_run;
        if !started && confirm(world, "Start this rotation?", "--new")? == Answer::No {
            return Ok(None);
        }
        Ok(Some(Goal::Replace(ring.signing.facts.id)))
    }

    fn go_on(
        &self,
        world: &World<'_>,
        opened: &Opened,
        interrupt: &Interrupt,
        goal: Goal,
    ) -> Result<Exit, Failure> {
        let deadline = self.timeout.map(|timeout| now() + timeout);
        let mut did = Vec::new();
        loop {
            let turn = opened
                .write(world, interrupt, |world| advance(&opened.places, goal, &opened.policy, world))?;
            tell(world, turn.standing.mended, &turn.standing.notes);
            did.extend(turn.did);
            self.say(world, opened, &turn)?;
            let moment = self.waits_until(&turn, &did);
            let Advance { did: change, mut standing, then, undelivered } = turn;
            let is_put_back = change.is_none() && missed::disagrees(&standing.missed);
            if (change.is_some() || standing.wrote()) && !is_put_back {
                standing = followed(opened, world, interrupt, standing)?;
            }
            let missed = if change.is_some() { missed::partly } else { missed::behind };
            if let Some(missed) = missed(opened, &standing.missed) {
                return Err(missed);
            }
            if let Next::Refuse(refusal) = then {
                return Err(refused(opened, &standing.ring, refusal, undelivered));
            }
            let Some(moment) = moment else {
                return self.tell(world, opened, &standing.ring, &did);
            };
            if let Some(stopped) = wait(world, interrupt, moment, deadline) {
                return self.tell(world, opened, &standing.ring, &did).map(|_| stopped);
            }
            self.look(world, opened, interrupt)?;
        }
    }

    /// When to go on without being run again; nothing where this run is over.
    fn waits_until(&self, turn: &Advance, did: &[Change]) -> Option<Timestamp> {
        let until = self.wait?;
        let promoted = did.contains(&Change::Promote) || turn.standing.ring.phase() != Phase::Staged;
        if until == Until::Promote && promoted {
            return None;
        }
        match turn.then {
            Next::WaitUntil(wait) => Some(wait.until),
            Next::Do(_) => Some(now()),
            Next::Refuse(_) | Next::Done => None,
        }
    }

    /// Says what a turn did while its ring still tells it, before anything is waited for.
    fn say(&self, world: &World<'_>, opened: &Opened, turn: &Advance) -> Result<(), Failure> {
        match turn.did {
            Some(change) if !self.json => {
                world.print.result(&rotation::done(opened, change, &turn.standing.ring, now()))
            }
            _ => Ok(()),
        }
    }

    fn tell(&self, world: &World<'_>, opened: &Opened, ring: &Ring, did: &[Change]) -> Result<Exit, Failure> {
        if self.json {
            let did = did.iter().map(|change| report::name(*change)).collect();
            world.print.json(&Outcome { did, would: None, report: Report::new(opened, ring, now()) })?;
        } else if did.is_empty() {
            world.print.result(&rotation::what_next(opened, ring, now()))?;
        }
        Ok(Exit::Done)
    }

    fn tell_what_would(
        &self,
        world: &World<'_>,
        opened: &Opened,
        ring: &Ring,
        goal: Goal,
    ) -> Result<Exit, Failure> {
        let around = opened.places.around(ring);
        let next = next(goal, &around.seen(ring, now()), &opened.policy);
        if !self.json {
            return world
                .print
                .result(&rotation::would(opened, next, ring, &around, now()))
                .map(|()| Exit::Done);
        }
        let would = match next {
            Next::Do(Step::Write(change)) => Some(report::name(change)),
            _ => None,
        };
        world.print.json(&Outcome { did: Vec::new(), would, report: Report::new(opened, ring, now()) })?;
        Ok(Exit::Done)
    }
}

/// Waits for a moment. `Some`: Ctrl-C or the time limit came first.
fn wait(
    world: &World<'_>,
    interrupt: &Interrupt,
    moment: Timestamp,
    deadline: Option<Timestamp>,
) -> Option<Exit> {
    let end = deadline.map_or(moment, |deadline| deadline.min(moment));
    world.print.note(&format!("waiting until {}", shown(end, now())));
    while now() < end {
        let left = end.since(now());
        if interrupt.wait(Duration::from_secs(left.0.min(60))) == Waited::Interrupted {
            return Some(Exit::Interrupted);
        }
    }
    if interrupt.came() {
        return Some(Exit::Interrupted);
    }
    (end < moment).then_some(Exit::TimedOut)
}

fn refused(opened: &Opened, ring: &Ring, refusal: Refusal, undelivered: Option<StoreError>) -> Failure {
    match refusal {
        Refusal::NoPropagation => rotation::no_propagation(opened),
        Refusal::Misfit(misfit) => opened.failed(misfit.into()),
        Refusal::MirrorBehind(which) => rotation::mirror_behind(opened, which, &opened.places.around(ring)),
        Refusal::NotFollowed => restart::not_followed(opened, ring),
        Refusal::Undelivered => rotation::undelivered(opened, undelivered),
    }
}
