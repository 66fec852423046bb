//! A rotation: the plan, then the next safe step.

use clap::{Args, ValueEnum};
use keybaton_core::time::Span;
use keybaton_core::{Change, Goal, Next, Phase, Refusal, Reporting, Ring, Step, next};
use keybaton_handover::{Advance, Around, Standing, advance, standing};
use serde::Serialize;

use crate::allowed::Owner;
use crate::ask::{Answer, confirm};
use crate::asked::Asked;
use crate::clock::now;
use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Gone;
use crate::follow::followed_by;
use crate::interrupt::Interrupt;
use crate::missed;
use crate::opened::{Opened, interruptible, tell};
use crate::pause::{self, Pause};
use crate::plan::plan;
use crate::refused::refused;
use crate::report::Report;
use crate::reported;
use crate::restart;
use crate::rotation;
use crate::wording;

/// Do the next safe step to a new key; run it again to go on
///
/// A rotation has three steps, stage, promote and retire, so that with keybaton's middleware nobody is logged out. Without a
/// rotation under way this asks whether to start one
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
    gone: Gone,
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
        let mut opened = Opened::here(world, self.owner.allowed())?;
        // What was cut short or missed can be finished without it, and what processes report tells more.
        let is_needed = opened.policy.fleet != Reporting::All && !self.r#continue;
        if opened.policy.propagation.is_none() && is_needed {
            return Err(rotation::no_propagation(&opened));
        }
        if let Some(failure) = self.wait.and_then(|_| restart::no_time_to_restart(&opened)) {
            return Err(failure);
        }
        let interrupt = interruptible()?;
        let asked = opened.ask(world);
        if interrupt.came() {
            return Ok(Exit::Interrupted);
        }
        let asked = self.gone.tell(&mut opened, asked)?;
        let before = self.look(world, &opened, &interrupt)?;
        opened.learn_kin(world, &before.ring)?;
        opened.learn_what_encrypts();
        let Some(goal) = self.goal(world, &opened, &before.ring)? else {
            let around = opened.places.around(&before.ring, asked.fresh());
            return self.tell(world, &opened, &before.ring, around, &[]);
        };
        if self.dry_run {
            return self.tell_what_would(world, &opened, &before.ring, goal, asked);
        }
        if matches!(goal, Goal::Replace(_)) {
            opened.must_not_leak()?;
        }
        self.go_on(world, &opened, &interrupt, goal, asked)
    }

    fn look(&self, world: &World<'_>, opened: &Opened, interrupt: &Interrupt) -> Result<Standing, Failure> {
        if self.dry_run {
            let before = opened.peek()?;
            return missed::unread(opened).map_or(Ok(before), Err);
        }
        let standing = opened.write(world, interrupt, |world| standing(&opened.places, world))?;
        opened.settle(world, interrupt, standing)
    }

    /// What this run is for; nothing where no rotation is under way and none is to be started.
    fn goal(&self, world: &World<'_>, opened: &Opened, ring: &Ring) -> Result<Option<Goal>, Failure> {
        if ring.phase() != Phase::Settled {
            opened.must_keep_data_in(ring)?;
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
        opened.must_keep_data_in(ring)?;
        world.print.note(&plan(opened));
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
        asked: Asked,
    ) -> Result<Exit, Failure> {
        let deadline = self.timeout.map(|timeout| now() + timeout);
        let (mut did, mut asked) = (Vec::new(), Some(asked));
        loop {
            let known = asked.take().and_then(Asked::fresh);
            let mut turn = opened.write(world, interrupt, |world| {
                advance(&opened.places, goal, &opened.policy, known, world)
            })?;
            tell(world, turn.standing.mended, &turn.standing.notes);
            did.extend(turn.did);
            self.say(world, opened, &turn)?;
            let pause = self.pause(&turn, &did);
            turn.standing = followed_by(world, opened, interrupt, turn.did, turn.standing)?;
            // Data wait for whoever looks after them, which is no failure of this run.
            if let (Next::Refuse(refusal), None, false) = (turn.then, pause, interrupt.came())
                && refusal != Refusal::Encrypts
            {
                return Err(refused(opened, &turn.standing.ring, refusal, turn.around));
            }
            let stopped = match pause {
                None if interrupt.came() => Some(Exit::Interrupted),
                None => return self.tell(world, opened, &turn.standing.ring, turn.around, &did),
                Some(Pause::Until(moment)) => pause::until(world, interrupt, moment, deadline),
                Some(Pause::Fleet) => {
                    pause::for_the_fleet(world, opened, interrupt, goal, &mut turn, deadline)
                }
            };
            if let Some(stopped) = stopped {
                return self.tell_where(world, opened, turn, &did).map(|_| stopped);
            }
            if pause == Some(Pause::Fleet) {
                asked = Some(Asked::now(turn.around.reported()));
            }
            self.look(world, opened, interrupt)?;
        }
    }

    /// What to wait for before this run goes on; nothing where it is over.
    fn pause(&self, turn: &Advance, did: &[Change]) -> Option<Pause> {
        let until = self.wait?;
        let promoted = did.contains(&Change::Promote) || turn.standing.ring.phase() != Phase::Staged;
        // A run that begins with a settled ring may have to wait before it stages.
        let is_over = promoted && turn.standing.ring.phase() != Phase::Settled;
        if until == Until::Promote && is_over {
            return None;
        }
        Pause::before(turn.then, &turn.around)
    }

    /// Says what a turn did while its ring still tells it, before anything is waited for.
    fn say(&self, world: &World<'_>, opened: &Opened, turn: &Advance) -> Result<(), Failure> {
        match turn.did {
            Some(change) if !self.json => {
                let Advance { standing, around, .. } = turn;
                world.print.result(&rotation::done(opened, change, &standing.ring, around, now()))
            }
            _ => Ok(()),
        }
    }

    /// Where a run stands that was stopped: much may have changed since it said what it did.
    fn tell_where(
        &self,
        world: &World<'_>,
        opened: &Opened,
        turn: Advance,
        did: &[Change],
    ) -> Result<Exit, Failure> {
        let ring = &turn.standing.ring;
        if !self.json && !did.is_empty() {
            world.print.result(&rotation::what_next(opened, ring, &turn.around, now()))?;
        }
        self.tell(world, opened, ring, turn.around, did)
    }

    fn tell(
        &self,
        world: &World<'_>,
        opened: &Opened,
        ring: &Ring,
        around: Around,
        did: &[Change],
    ) -> Result<Exit, Failure> {
        let above = reported::above(around.floor(ring).0, ring.head.revision.0);
        above.iter().for_each(|warning| world.print.warning(warning));
        if self.json {
            let did = did.iter().map(|change| wording::name(*change)).collect();
            world.print.json(&Outcome {
                did,
                would: None,
                report: Report::of(opened, ring, around, now()),
            })?;
        } else if did.is_empty() {
            world.print.result(&rotation::what_next(opened, ring, &around, now()))?;
        }
        Ok(Exit::Done)
    }

    fn tell_what_would(
        &self,
        world: &World<'_>,
        opened: &Opened,
        ring: &Ring,
        goal: Goal,
        asked: Asked,
    ) -> Result<Exit, Failure> {
        let around = opened.places.around(ring, asked.fresh());
        let next = next(goal, &around.seen(ring, now()), &opened.policy);
        if let Next::Refuse(refusal @ Refusal::NotAsked) = next {
            return Err(refused(opened, ring, refusal, around));
        }
        if !self.json {
            return world
                .print
                .result(&rotation::would(opened, next, ring, &around, now()))
                .map(|()| Exit::Done);
        }
        let would = match next {
            Next::Do(Step::Write(change)) => Some(wording::name(change)),
            _ => None,
        };
        world.print.json(&Outcome {
            did: Vec::new(),
            would,
            report: Report::of(opened, ring, around, now()),
        })?;
        Ok(Exit::Done)
    }
}
