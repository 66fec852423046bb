//! A ring, where it comes from and where it goes: what `keybaton copy` refuses, and what it says.

use std::borrow::Cow;

use keybaton_core::shell::quoted;
use keybaton_core::{KeyId, NotAMirror, Phase, Reading, Revision, Ring, RingId, RingName};
use keybaton_handover::{Copying, HandoverError, Original};
use serde::Serialize;

use crate::configuration::{Located, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::{Given, unreadable};
use crate::store;
use crate::verdict::cannot_be_copied;
use crate::wording;

/// Both sides, and the ring that is copied.
pub(crate) struct Both {
    pub(crate) from: Given,
    pub(crate) to: Located,
    pub(crate) ring: RingName,
    pub(crate) wishes: Wishes,
}

impl Both {
    pub(crate) fn original(&self) -> Result<Original, Failure> {
        self.from.must_be_readable()?;
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
                        let words = format!("rotate --continue --store {}", store::typed_here(at));
                        format!("`{}` finishes it", self.wishes.between(&words))
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
            Reading::Sealed(_) => Err(unreadable(self.from.name())),
            Reading::Newer(newer) => Err(self
                .about_from(Exit::Conflict, &HandoverError::Newer(newer.format).to_string())
                .hint("update keybaton: pip install --upgrade keybaton")),
        }
    }

    /// A ring that begins where nobody can read it could never be rotated, nor brought up.
    pub(crate) fn must_be_known_elsewhere(&self, from: &Original) -> Result<(), Failure> {
        if matches!(from, Original::Ring(_)) || store::url(&self.to)?.kind().can.read_back {
            return Ok(());
        }
        let (from, to) = (self.from.name(), &self.to.url);
        Err(Failure::new(Exit::Refused, format!("{from} holds a key that is no ring yet, and a ring cannot begin in {to}"))
            .hint("make a ring of it first in a store that can be read, with `keybaton init` or `keybaton copy`, and copy that"))
    }

    fn about_from(&self, exit: Exit, what: &str) -> Failure {
        Failure::new(exit, format!("{}: {what}", self.from.name()))
    }

    /// The other store holds what must not be written over.
    pub(crate) fn refused(&self, from: Original, held: &Reading, not: NotAMirror) -> Failure {
        let target = self.to.url.as_str();
        let (sentence, hint) = match (not, from) {
            (NotAMirror::Ahead(theirs), Original::Ring(ours)) => self.overtaken(*ours, held, theirs),
            (NotAMirror::Ahead(_) | NotAMirror::AnotherRing(_), _) => (
                format!("{target}: {not}"),
                "name another place; if nothing needs that ring any more, empty the place first".to_owned(),
            ),
            (NotAMirror::Unreadable, _) => (
                format!("{target}: {not}"),
                format!(
                    "is it a copy of this ring whose record was lost? `{}` writes over them; else name another place",
                    self.wishes.between(&over_unreadable(&self.from.typed(), &quoted(target)))
                ),
            ),
            (NotAMirror::UnknownKeys | NotAMirror::Apart(_), _) => (
                format!("{target}: {not}"),
                format!("`{}` shows them; take them out there, or name another place", self.diff()),
            ),
            (NotAMirror::Newer, _) => {
                (format!("{target}: {not}"), "update keybaton: pip install --upgrade keybaton".to_owned())
            }
        };
        Failure::new(Exit::Refused, sentence).hint(hint)
    }

    /// The other store holds a write that the original knows nothing of.
    fn overtaken(&self, ours: Ring, held: &Reading, theirs: Revision) -> (String, String) {
        let (from, to) = (self.from.name(), self.to.url.as_str());
        let revision = ours.head.revision;
        let sentence = if theirs == revision {
            format!("{from} and {to} hold two different writes, each revision {revision}")
        } else {
            format!("{to} holds revision {theirs} of this ring, and {from} only revision {revision}")
        };
        let hint = if theirs == revision || cannot_be_copied(held, &Reading::Whole(ours)) {
            one_is_wrong(&self.diff())
        } else if self.from.takes_a_ring() {
            let words = format!("copy {} {}", quoted(&self.to.url), self.from.typed());
            format!("`{}` takes the later one over", self.wishes.between(&words))
        } else {
            "copy from a store that has the later one".to_owned()
        };
        (sentence, hint)
    }

    /// The command that shows both sides.
    fn diff(&self) -> String {
        self.wishes.between(&format!("diff {} {}", self.from.typed(), quoted(&self.to.url)))
    }

    pub(crate) fn failed(&self, error: HandoverError) -> Failure {
        let (hint, about) = match error {
            HandoverError::Store(error) => return Failure::of_store(error),
            HandoverError::Partly(error) => {
                return Failure::of_store(error).exiting(Exit::PartlyWritten);
            }
            HandoverError::TooManyKeys(_) => {
                ("take the oldest fallbacks out by hand, then run it again", self.from.name())
            }
            _ => {
                ("somebody else wrote there meanwhile; run it again to see what stands there", &*self.to.url)
            }
        };
        Failure::new(Exit::Refused, format!("{about}: {error}")).hint(hint)
    }

    pub(crate) fn told<'a>(&'a self, ring: Option<&Ring>, did: Option<&'static str>) -> Told<'a> {
        Told {
            ring: self.ring.as_str(),
            from: self.from.word(),
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

/// The copy that heeds no keys without a record.
pub(crate) fn over_unreadable(from: &str, to: &str) -> String {
    format!("copy {from} {to} --over-unreadable")
}

/// What to do about two stores of which neither can be copied over the other.
pub(crate) fn one_is_wrong(diff: &str) -> String {
    format!("`{diff}` shows both; empty the one that is wrong, then copy")
}

/// What programs are told.
#[derive(Serialize)]
pub(crate) struct Told<'a> {
    ring: &'a str,
    from: &'a str,
    to: &'a str,
    did: Option<&'static str>,
    /// What a dry run would have done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) would: Option<&'static str>,
    /// What a dry run would have made, where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) makes: Option<Cow<'static, str>>,
    /// Nothing: a dry run draws no ids.
    id: Option<RingId>,
    revision: Option<Revision>,
    phase: Option<Phase>,
    keys: Vec<KeyId>,
}

pub(crate) fn name(copying: Copying) -> &'static str {
    match copying {
        Copying::Nothing => "nothing",
        Copying::Fill => "fill",
        Copying::TakeOver => "take-over",
        Copying::BringUp(_) => "bring-up",
        Copying::FinishFirst => "finish",
    }
}

pub(crate) fn said(both: &Both, did: Copying, is_key: bool, ring: &Ring) -> String {
    let (name, to) = (&both.ring, &both.to.url);
    let what = described(ring);
    let done = match did {
        Copying::Nothing => format!("nothing  {to} has it already: {what}"),
        Copying::Fill if is_key => format!("begun    {name} in {to}: {what}"),
        Copying::Fill => format!("copied   {name} to {to}: {what}"),
        Copying::TakeOver => format!("taken in the key of {to}: {what}"),
        Copying::BringUp(Revision(from)) => {
            format!("updated  {name} in {to} from revision {from}: {what}")
        }
        Copying::FinishFirst => format!("finished {name} in {to}: {what}"),
    };
    let next = if did.is_news(ring) { "\nnext     restart what reads it there" } else { "" };
    format!("{done}{next}")
}

pub(crate) fn foretold(both: &Both, would: Copying, ring: Option<&Ring>) -> String {
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
    format!(
        "ring {}, revision {}, {}, {keys}",
        ring.head.id,
        ring.head.revision,
        wording::phase(ring.phase())
    )
}
