//! The ring, without its keys.

use std::path::Path;

use clap::Args;
use keybaton_core::{Reading, Ready, Refusal, Ring};

use crate::clock::{now, shown};
use crate::commands::World;
use crate::configuration::Wishes;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::missed;
use crate::opened::Opened;
use crate::print::Style;
use crate::report::{MirrorReport, Report};
use crate::reported;
use crate::restart::{follows, why_due};
use crate::rotation;
use crate::wording;

mod rings;

use rings::{Read, Told, learn_kin, read, relate};

/// Show the rings: their phases, their keys' ages, and what the next step waits for
///
/// Every ring of the environment, the main one first; with --ring that one
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton status
  keybaton status --ring JWT_SIGNING_KEY
  keybaton status -e production --json")]
pub(crate) struct Status {
    /// Print one JSON object: the main ring, with the others in `others`
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let wishes = Wishes::new(world.choices)?;
        let (first, others) = world.places(Path::new("."))?;
        let is_alone = wishes.ring.is_some() || wishes.store.is_some();
        let others = if is_alone { Vec::new() } else { others };
        let mut rings = vec![read(first)?];
        let mut unread = None;
        for place in others {
            match read(place) {
                Ok(ring) => rings.push(ring),
                Err(failure) => {
                    world.print.failure(&failure);
                    unread = Some(failure.exit);
                }
            }
        }
        if is_alone {
            learn_kin(world, &mut rings[0]);
        } else {
            relate(&mut rings);
        }
        // It is one project, whose Django starts once.
        let answer = rings[0].opened.answer();
        for ring in &mut rings {
            ring.reported = ring.opened.hear(world, answer.clone());
            ring.learn_what_encrypts();
        }
        self.tell(world, &rings)?;
        Ok(unread.unwrap_or(Exit::Done))
    }

    fn tell(&self, world: &World<'_>, rings: &[Read]) -> Result<(), Failure> {
        if self.json {
            return world.print.json(&Told::of(rings));
        }
        let texts: Vec<String> = rings.iter().map(|ring| ring.text(world)).collect();
        world.print.result(&texts.join("\n\n"))
    }
}

/// A file of the store stepped aside, and another never came.
fn put_aside(opened: &Opened) -> (&'static str, String, String) {
    let sentence = "a crash left what the store holds under another name".to_owned();
    ("aside", sentence, format!("{} puts it back", opened.again("init")))
}

fn explained(opened: &Opened, reading: &Reading) -> (&'static str, String, String) {
    match reading {
        Reading::Absent => (
            "absent",
            "there is no key yet".into(),
            format!("{} makes one, keybaton copy brings one from another store", opened.again("init")),
        ),
        Reading::Bare(_) => {
            ("bare", "a key that keybaton does not look after yet".into(), opened.again("init --adopt"))
        }
        Reading::Torn(_) => (
            "torn",
            "a write was cut short or is under way; programs start all the same".into(),
            opened.again("rotate --continue"),
        ),
        Reading::Edited(edited) => {
            let error = keybaton_handover::HandoverError::Edited(edited.why);
            (
                "edited",
                format!("{error}; programs start with what stands there"),
                opened.again("init --adopt"),
            )
        }
        Reading::Newer(newer) => (
            "newer",
            format!("its record has format {}", newer.format),
            "pip install --upgrade keybaton".into(),
        ),
        Reading::Sealed(_) => (
            "sealed",
            keybaton_handover::HandoverError::Sealed.to_string(),
            "name a store that can be read".into(),
        ),
        Reading::Whole(_) => ("whole", String::new(), String::new()),
    }
}

fn text(world: &World<'_>, opened: &Opened, ring: &Ring, report: &Report<'_>) -> String {
    let mut lines =
        vec![world.print.paint(Style::Bold, &opened.name()), wording::meaning(report.phase).to_owned()];
    lines.push(String::new());
    for key in &report.keys {
        let (role, remark) = wording::role(key);
        let since = shown(key.since, now());
        lines.push(format!("  {role:<9} {}  since {since}  {remark}", key.id).trim_end().to_owned());
    }
    for mirror in &report.mirrors {
        let what = match mirror {
            MirrorReport { unread: Some(unread), .. } => {
                let why = missed::without_url(mirror.store, &unread.why);
                lines.push(format!("  mirror    {} could not be read: {why}", mirror.store));
                continue;
            }
            MirrorReport { disagrees: true, .. } => "holds what the store does not know",
            MirrorReport { up_to_date: false, .. } => "lacks the last write",
            MirrorReport { written_since: true, .. } => "has a key that somebody else wrote after keybaton",
            _ => continue,
        };
        lines.push(format!("  mirror    {} {what}", mirror.store));
    }
    if report.after_write_due {
        lines.push(format!("  after-write is due: {}", why_due(ring)));
    }
    lines.extend(report.leftovers.iter().map(|leftover| format!("  leftover  {leftover}")));
    lines.extend(reported::status_lines(report, now()));
    lines.extend(opened.told_relations().map(|relation| format!("  shares    {}", relation.told(opened))));
    lines.extend(report.undelivered.iter().map(|undelivered| format!("  {}", undelivered.why)));
    lines.push(String::new());
    lines.push(next_line(opened, ring, report));
    lines.join("\n")
}

fn next_line(opened: &Opened, ring: &Ring, report: &Report<'_>) -> String {
    if report.mirrors.iter().any(|mirror| mirror.disagrees)
        && let Some(advice) = missed::of_disagreeing(opened, ring)
    {
        return format!("next   {advice}");
    }
    if let Some(hint) = report.mirrors.iter().find_map(|mirror| mirror.unread.as_ref()?.hint.as_ref()) {
        return format!("next   {hint}; {}", missed::UNTIL_READ);
    }
    let go_on = opened.again("rotate --continue");
    if report.mirrors.iter().any(|mirror| !mirror.up_to_date) {
        return format!("next   {go_on}, which brings the mirrors up, and goes on");
    }
    if let Some(mirror) = report.mirrors.iter().find(|mirror| mirror.written_since) {
        return format!("next   {}, which writes its keys anew", missed::copy_to(opened, mirror.store));
    }
    if report.after_write_due {
        return match opened.place.after_write {
            Some(_) => format!("next   {go_on}, which runs it, and goes on"),
            None => format!("next   {}", follows(opened)),
        };
    }
    if let Some(hint) = report.undelivered.as_ref().and_then(|undelivered| undelivered.hint.as_ref()) {
        return format!("next   {hint}");
    }
    if let Some(hint) = report.fleet.as_ref().and_then(|fleet| fleet.not_asked.as_ref()?.hint.as_ref()) {
        return format!("next   {hint}");
    }
    if let Some(advice) = report.next.as_ref().and_then(|next| reported::advice(opened, ring, next)) {
        return format!("next   {advice}");
    }
    match &report.next {
        Some(next) if next.ready == Ready::Refused(Refusal::Encrypts) => {
            format!("next   {}", rotation::after_promotion_of_data(opened, ring))
        }
        None => format!("next   {}, when you want another key", opened.again("rotate")),
        Some(next) if next.safe_now => {
            let (step, key) = (next.step, next.key);
            let rotate = opened.again("rotate");
            format!("next   {step} {key}: safe once every process was restarted; {rotate} does it")
        }
        Some(next) => match next.safe_from {
            None if let Some(moment) = next.after_write_again_from => {
                format!(
                    "next   {go_on} from {}, which runs after-write again, and waits",
                    shown(moment, now())
                )
            }
            Some(moment) => format!("next   {} {}: safe from {}", next.step, next.key, shown(moment, now())),
            None => format!(
                "next   {} {}: nothing says how long a new key takes to reach each process",
                next.step, next.key
            ),
        },
    }
}
