//! The steps of a rotation, one command each: stage, promote, retire, abort.

use clap::Args;
use keybaton_core::{Change, KeyId};
use keybaton_handover::{Reported, Standing, change, standing};
use serde::Serialize;

use crate::allowed::Owner;
use crate::clock::now;
use crate::commands::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Gone;
use crate::follow::{followed, unhindered};
use crate::interrupt::Interrupt;
use crate::key_id;
use crate::missed;
use crate::opened::{Opened, interruptible, tell};
use crate::report::Report;
use crate::rotation;
use crate::wording;

mod ready;

use ready::{check, looked};

/// Make a new key that is accepted and signs nowhere yet
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton stage
  keybaton stage -e production")]
pub(crate) struct Stage {
    #[command(flatten)]
    output: Output,
}

/// Let the staged key sign; the old one is accepted only
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton promote
  keybaton promote --force --reason \"no process runs yet\"")]
pub(crate) struct Promote {
    #[command(flatten)]
    hurry: Hurry,
    #[command(flatten)]
    output: Output,
}

/// End the acceptance of the old key
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton retire
  keybaton retire 3f9a1c2b7d --force --reason \"all sessions were cleared\"")]
pub(crate) struct Retire {
    /// The key, by its id or the beginning of it, where several retire
    key: Option<String>,
    #[command(flatten)]
    hurry: Hurry,
    #[command(flatten)]
    output: Output,
}

/// Take a rotation back
///
/// A staged key is dropped. After the promotion the old key signs again, and the new one retires
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton abort
  keybaton abort --dry-run")]
pub(crate) struct Abort {
    #[command(flatten)]
    output: Output,
}

#[derive(Args, Debug)]
struct Output {
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the ring afterwards as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    owner: Owner,
}

#[derive(Args, Debug)]
struct Hurry {
    /// Do not wait until it is safe: users may be logged out
    #[arg(long, requires = "reason")]
    force: bool,
    /// Why waiting is not needed; kept in the record of the ring
    #[arg(long, value_name = "TEXT", requires = "force")]
    reason: Option<String>,
    #[command(flatten)]
    gone: Gone,
}

/// When mirrors that lack an earlier write are brought up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mirrors {
    /// Before the step, which does not go on without them.
    First,
    /// With the step: it takes something back, or the user wants it at any price.
    Later,
}

impl Hurry {
    /// Who does not want to wait goes on without knowing this.
    fn or_stop(&self, world: &World<'_>, unknown: Failure) -> Result<(), Failure> {
        if !self.force {
            return Err(unknown);
        }
        world.print.warning(&unknown.in_full());
        Ok(())
    }

    fn mirrors(&self) -> Mirrors {
        if self.force { Mirrors::Later } else { Mirrors::First }
    }
}

impl Stage {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        take(world, &self.output, Mirrors::First, None, |_, _| Ok(Change::Stage))
    }
}

impl Promote {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        take(world, &self.output, self.hurry.mirrors(), Some(&self.hurry), |_, _| Ok(Change::Promote))
    }
}

impl Retire {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        take(world, &self.output, self.hurry.mirrors(), Some(&self.hurry), |opened, standing| {
            self.change(opened, standing)
        })
    }

    fn change(&self, opened: &Opened, standing: &Standing) -> Result<Change, Failure> {
        let id = match &self.key {
            Some(text) => key_id::named(&ids(standing), text)?,
            None => oldest(opened, standing)?,
        };
        Ok(Change::Retire(id))
    }
}

fn ids(standing: &Standing) -> Vec<KeyId> {
    standing.ring.accepted().iter().map(|key| key.facts.id).collect()
}

fn oldest(opened: &Opened, standing: &Standing) -> Result<KeyId, Failure> {
    let oldest = standing.ring.retiring.last().map(|old| old.key.facts.id);
    let hint = || format!("`{}` shows the ring", opened.again("status"));
    oldest.ok_or_else(|| Failure::new(Exit::Refused, "no key retires").hint(hint()))
}

impl Abort {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        take(world, &self.output, Mirrors::Later, None, |_, _| Ok(Change::Abort))
    }
}

/// Takes one step, if its time has come or the user does not want to wait.
fn take(
    world: &World<'_>,
    output: &Output,
    mirrors: Mirrors,
    hurry: Option<&Hurry>,
    choose: impl FnOnce(&Opened, &Standing) -> Result<Change, Failure>,
) -> Result<Exit, Failure> {
    let mut opened = Opened::here(world, output.owner.allowed())?;
    if mirrors == Mirrors::Later {
        opened.make_haste();
    }
    let mut asked = opened.ask(world);
    if let Some(hurry) = hurry {
        asked = hurry.gone.tell(&mut opened, asked)?;
    }
    let interrupt = interruptible()?;
    let before = found(world, output, mirrors, &opened, &interrupt)?;
    learn_kin(world, hurry, &mut opened, &before)?;
    let step = choose(&opened, &before)?;
    keep_data(world, hurry, &mut opened, step)?;
    let reason = hurry.filter(|hurry| hurry.force).and_then(|hurry| hurry.reason.as_deref());
    let around = looked(&opened, &before, step, asked.fresh(), output.dry_run);
    let (floor, reported) = check(world, &opened, &before, step, reason, around)?;
    if output.dry_run {
        return would(world, output, &opened, &before, step, reported);
    }
    if step == Change::Stage {
        opened.must_not_leak()?;
    }
    let before = Standing { mended: false, caught_up: false, notes: Vec::new(), ..before };
    let after = opened.write(world, &interrupt, |world| {
        world.floor = floor;
        change(&opened.places, before, step, reason, world)
    })?;
    tell(world, after.mended, &after.notes);
    let around = opened.places.around(&after.ring, Some(reported));
    if !output.json {
        world.print.result(&rotation::done(&opened, step, &after.ring, &around, now()))?;
    }
    let after = followed(&opened, world, &interrupt, after)?;
    if output.json {
        world.print.json(&Report::of(&opened, &after.ring, around, now()))?;
    }
    missed::partly(&opened, &after.missed).map_or(Ok(Exit::Done), Err)
}

/// The ring as the step finds it.
fn found(
    world: &World<'_>,
    output: &Output,
    mirrors: Mirrors,
    opened: &Opened,
    interrupt: &Interrupt,
) -> Result<Standing, Failure> {
    if output.dry_run {
        let before = opened.peek()?;
        return match mirrors {
            Mirrors::First => missed::unread(opened).map_or(Ok(before), Err),
            Mirrors::Later => Ok(before),
        };
    }
    let before = opened.write(world, interrupt, |world| standing(&opened.places, world))?;
    match mirrors {
        Mirrors::First => opened.settle(world, interrupt, before),
        Mirrors::Later => unhindered(opened, world, interrupt, before),
    }
}

/// Learns for whose processes the step waits too.
fn learn_kin(
    world: &World<'_>,
    hurry: Option<&Hurry>,
    opened: &mut Opened,
    before: &Standing,
) -> Result<(), Failure> {
    match (opened.learn_kin(world, &before.ring), hurry) {
        (Ok(()), _) => Ok(()),
        (Err(unknown), Some(hurry)) => hurry.or_stop(world, unknown),
        // It waits for nobody: only what comes after it is told without knowing this.
        (Err(unknown), None) => {
            world.print.warning(&unknown.in_full());
            Ok(())
        }
    }
}

/// Refuses what would make data unreadable, unless the user wants it at any price.
fn keep_data(
    world: &World<'_>,
    hurry: Option<&Hurry>,
    opened: &mut Opened,
    step: Change,
) -> Result<(), Failure> {
    opened.learn_what_encrypts();
    match (opened.must_keep_data(step), hurry) {
        (Err(lost), Some(hurry)) => hurry.or_stop(world, lost),
        (kept, _) => kept,
    }
}

fn would(
    world: &World<'_>,
    output: &Output,
    opened: &Opened,
    before: &Standing,
    step: Change,
    reported: Reported,
) -> Result<Exit, Failure> {
    let around = opened.places.around(&before.ring, Some(reported));
    if output.json {
        let report = Report::of(opened, &before.ring, around, now());
        world.print.json(&Would { would: wording::name(step), report })?;
    } else {
        world.print.result(&rotation::would_write(opened, step, &before.ring))?;
    }
    Ok(Exit::Done)
}

/// What a dry run says to programs: the ring as it is, and what would be done to it.
#[derive(Serialize)]
struct Would<'a> {
    would: &'static str,
    #[serde(flatten)]
    report: Report<'a>,
}
