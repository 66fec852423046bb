//! A ring into another store.

use clap::Args;
use keybaton_core::{KeyId, NotAMirror, Phase, Reading, Revision, Ring, RingId, RingName};
use keybaton_handover::{Copied, Copying, HandoverError, Look, Original, Place, copy, copying, look};
use serde::Serialize;

use crate::allowed::{Allowed, Owner};
use crate::commands::World;
use crate::configuration::Located;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::Given;
use crate::opened::{interruptible, must_not_leak, opened, tell, writing};
use crate::report;
use crate::store;

/// Copy a ring into another store
///
/// An older copy there is brought up to date; a later one, another ring, or a key that FROM does not know is never
/// written over. A bare key becomes a ring there
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton copy dotenv:.env vault://secret/shop/django --create
  keybaton copy dotenv:.env dir:secrets --dry-run
  keybaton generate | keybaton copy - file:secrets/secret_key.txt
  keybaton copy --ring JWT_SIGNING_KEY - dir:secrets < ring.env

On standard input stands a key, three lines NAME=…, NAME_FALLBACKS=…, NAME_RING=…, or a JSON object of the three")]
pub(crate) struct Copy {
    /// The store to read, or `-` for standard input
    from: String,
    /// The store to write
    to: String,
    /// Make what holds the ring where a store on a network lacks it
    #[arg(long)]
    create: bool,
    /// Make a JSON object of a value that is a key and nothing else: each consumer then has to pick from it
    #[arg(long)]
    reshape: bool,
    #[command(flatten)]
    owner: Owner,
    /// Say what would be written and made, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

/// What programs are told.
#[derive(Serialize)]
struct Told<'a> {
    ring: &'a str,
    from: &'a str,
    to: &'a str,
    did: Option<&'static str>,
    /// What a dry run would have done.
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<&'static str>,
    /// What a dry run would have made, where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    makes: Option<&'static str>,
    /// Nothing: a dry run draws no ids.
    id: Option<RingId>,
    revision: Option<Revision>,
    phase: Option<Phase>,
    keys: Vec<KeyId>,
}

impl Copy {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let ring = world.ring()?;
        let both = Both { from: Given::of(&self.from)?, to: self.to()?, ring };
        let to = opened(&both.ring, &both.to, self.allowed())?;
        let from = both.original()?;
        let at = look(&to).map_err(Failure::of_store)?;
        let would = copying(&from, &at.reading).map_err(|not| both.refused(&from, not))?;
        if self.dry_run {
            return self.tell_what_would(world, &both, &from, would);
        }
        if would != Copying::Nothing {
            must_not_leak(&both.to)?;
        }
        self.copy(world, &both, from, &to, at)
    }

    fn to(&self) -> Result<Located, Failure> {
        match Given::of(&self.to)? {
            Given::Store(at) => Ok(at),
            Given::Stdin => Err(Failure::new(Exit::Usage, "a ring is copied into a store, and `-` is none")
                .hint("`keybaton stores` lists all kinds of stores")),
        }
    }

    fn allowed(&self) -> Allowed {
        Allowed { create: self.create, reshape: self.reshape, ..self.owner.allowed() }
    }

    fn copy(
        &self,
        world: &World<'_>,
        both: &Both,
        from: Original,
        to: &Place,
        at: Look,
    ) -> Result<Exit, Failure> {
        let is_key = matches!(from, Original::Keys(_));
        let done = writing(world, &interruptible()?, |world| copy(from, to, at, world))?;
        let Copied { did, ring, notes } = done.map_err(|error| both.failed(error))?;
        tell(world, false, &notes);
        if self.json {
            world.print.json(&both.told(Some(&ring), Some(name(did))))?;
        } else {
            world.print.result(&said(both, did, is_key, &ring))?;
        }
        Ok(Exit::Done)
    }

    fn tell_what_would(
        &self,
        world: &World<'_>,
        both: &Both,
        from: &Original,
        would: Copying,
    ) -> Result<Exit, Failure> {
        let kind = store::url(&both.to)?.kind();
        let makes = (would == Copying::Fill && (kind.local || self.create)).then_some(kind.creates);
        let ring = if let Original::Ring(ring) = from { Some(&**ring) } else { None };
        if self.json {
            let told = Told { would: Some(name(would)), makes, ..both.told(ring, None) };
            return world.print.json(&told).map(|()| Exit::Done);
        }
        let mut lines = vec![foretold(both, would, ring)];
        match makes {
            Some(creates) => lines.push(format!("makes    {creates}, where it is missing")),
            None if would == Copying::Fill => lines
                .push(format!("lacks    --create, where there is no such secret: it makes {}", kind.creates)),
            None => {}
        }
        world.print.result(&lines.join("\n"))?;
        Ok(Exit::Done)
    }
}

/// Both sides, and the ring that is copied.
struct Both {
    from: Given,
    to: Located,
    ring: RingName,
}

impl Both {
    fn original(&self) -> Result<Original, Failure> {
        match self.from.reading(&self.ring)? {
            Reading::Whole(ring) => Ok(Original::Ring(Box::new(ring))),
            Reading::Bare(bare) => Ok(Original::Keys(bare)),
            Reading::Absent => Err(self
                .about_from(Exit::Store, &format!("there is no key {}", self.ring))
                .hint("name the store that has it; --ring names another variable")),
            Reading::Torn(_) => {
                let hint = match &self.from {
                    Given::Stdin => {
                        "finish it in the store it comes from: keybaton rotate --continue".to_owned()
                    }
                    Given::Store(at) => {
                        format!("`keybaton rotate --continue --store {}` finishes it", at.url)
                    }
                };
                Err(self.about_from(Exit::Refused, "a write was cut short or is under way").hint(hint))
            }
            Reading::Edited(edited) => {
                let error = HandoverError::Edited(edited.why);
                Err(self
                    .about_from(Exit::Conflict, &error.to_string())
                    .hint("`keybaton init --adopt` takes in what stands in a project's store"))
            }
            Reading::Newer(newer) => Err(self
                .about_from(Exit::Conflict, &HandoverError::Newer(newer.format).to_string())
                .hint("update keybaton: pip install --upgrade keybaton")),
        }
    }

    fn about_from(&self, exit: Exit, what: &str) -> Failure {
        Failure::new(exit, format!("{}: {what}", self.from.name()))
    }

    /// The other store holds what must not be written over.
    fn refused(&self, from: &Original, not: NotAMirror) -> Failure {
        let (source, target) = (self.from.typed(), self.to.url.as_str());
        let ours = if let Original::Ring(ring) = from { ring.head.revision } else { Revision::default() };
        let (sentence, hint) = match not {
            NotAMirror::Ahead(theirs) if theirs == ours => (
                format!("{} and {target} hold two different writes, each revision {ours}", self.from.name()),
                format!(
                    "`keybaton diff {source} {target}` shows both; empty the one that is wrong, then copy"
                ),
            ),
            NotAMirror::Ahead(theirs) => (
                format!(
                    "{target} holds revision {theirs} of this ring, and {} only revision {ours}",
                    self.from.name()
                ),
                match &self.from {
                    Given::Stdin => "copy from a store that has the later one".to_owned(),
                    Given::Store(_) => format!("`keybaton copy {target} {source}` takes the later one over"),
                },
            ),
            NotAMirror::AnotherRing(_) => (
                format!("{target}: {not}"),
                "name another place; if nothing needs that ring any more, empty the place first".to_owned(),
            ),
            NotAMirror::UnknownKeys => (
                format!("{target}: {not}"),
                format!(
                    "`keybaton diff {source} {target}` shows them; take them out there, or name another place"
                ),
            ),
            NotAMirror::Newer => {
                (format!("{target}: {not}"), "update keybaton: pip install --upgrade keybaton".to_owned())
            }
        };
        Failure::new(Exit::Refused, sentence).hint(hint)
    }

    fn failed(&self, error: HandoverError) -> Failure {
        match error {
            HandoverError::Store(error) => Failure::of_store(error),
            error => Failure::new(Exit::Refused, format!("{}: {error}", self.to.url))
                .hint("somebody else wrote there meanwhile; run it again to see what stands there"),
        }
    }

    fn told<'a>(&'a self, ring: Option<&Ring>, did: Option<&'static str>) -> Told<'a> {
        Told {
            ring: self.ring.as_str(),
            from: self.from.typed(),
            to: &self.to.url,
            did,
            would: None,
            makes: None,
            id: ring.map(|ring| ring.head.id),
            revision: ring.map(|ring| ring.head.revision),
            phase: ring.map(Ring::phase),
            keys: ring.iter().flat_map(|ring| ring.accepted()).map(|key| key.facts.id).collect(),
        }
    }
}

fn name(copying: Copying) -> &'static str {
    match copying {
        Copying::Nothing => "nothing",
        Copying::Fill => "fill",
        Copying::TakeOver => "take-over",
        Copying::BringUp(_) => "bring-up",
        Copying::FinishFirst => "finish",
    }
}

fn said(both: &Both, did: Copying, is_key: bool, ring: &Ring) -> String {
    let (name, to) = (&both.ring, &both.to.url);
    let what = described(ring);
    match did {
        Copying::Nothing => format!("nothing  {to} has it already: {what}"),
        Copying::Fill if is_key => format!("begun    {name} in {to}: {what}"),
        Copying::Fill => format!("copied   {name} to {to}: {what}"),
        Copying::TakeOver => format!("taken in the key of {to}: {what}"),
        Copying::BringUp(Revision(from)) => {
            format!("updated  {name} in {to} from revision {from}: {what}")
        }
        Copying::FinishFirst => format!("finished {name} in {to}: {what}"),
    }
}

fn foretold(both: &Both, would: Copying, ring: Option<&Ring>) -> String {
    let Both { ring: name, to, .. } = both;
    let to = &to.url;
    let texts = format!("{name}, {} and {}", name.fallbacks(), name.record());
    let what = ring.map_or_else(|| "a new ring with this key".to_owned(), described);
    match would {
        Copying::Nothing => format!("nothing  {to} has it already"),
        Copying::Fill | Copying::TakeOver => format!("would write {texts} to {to}: {what}"),
        Copying::BringUp(Revision(from)) => {
            format!("would update {texts} in {to} from revision {from}: {what}")
        }
        Copying::FinishFirst => format!("would finish a write of {to} that was cut short, then look again"),
    }
}

fn described(ring: &Ring) -> String {
    let keys = ring.accepted().len();
    let keys = if keys == 1 { "1 key".to_owned() } else { format!("{keys} keys") };
    format!("ring {}, revision {}, {}, {keys}", ring.head.id, ring.head.revision, report::phase(ring.phase()))
}
