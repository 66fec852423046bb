//! Carrying out what was decided for a ring besides the main one.

use std::path::PathBuf;

use keybaton_audit::wire::further_lines;
use keybaton_core::Adoption;
use keybaton_stores::Version;

use super::super::further::{Further, Start};
use super::super::guard::Guard;
use super::{Act, begun_in};
use crate::ask::Answer;
use crate::configuration::shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::plain_files;
use crate::uses::{lines_for, says_how_long};

/// Everything that will be done for it.
pub(crate) struct FurtherPlan<'a> {
    pub(crate) opened: Opened,
    pub(crate) guard: Option<Guard>,
    pub(crate) version: Version,
    pub(crate) start: Start,
    /// The file that says where it lives, before and after.
    pub(crate) configuration: Option<(PathBuf, String, String)>,
    pub(crate) further: Further<'a>,
}

impl Act<'_> {
    /// Does it, and tells each part as it is done.
    pub(crate) fn further(mut self, plan: FurtherPlan<'_>, wanted: Answer) -> Result<Exit, Failure> {
        let FurtherPlan { opened, guard, version, start, configuration, further } = plan;
        self.keep_out_of_git(guard.as_ref())?;
        let from = self.start(&opened, start, &version)?;
        self.add_to(configuration)?;
        let is_wired = further.is_known && (wanted == Answer::Yes || !further.settings.wire());
        match (further.settings.wire(), is_wired) {
            (true, true) => self.rewrite(&further.settings)?,
            (false, true) => self.words.already("the settings read the ring")?,
            (_, false) => {
                self.words.put_in(&further_lines(&opened.place.ring, further.style))?;
            }
        }
        if let Some(file) = guard.as_ref().and_then(|guard| guard.tracked.as_deref()) {
            self.words.leaked(file, &opened.place.wishes)?;
        }
        if self.words.is_changed() && !self.dry_run {
            self.what_now(&opened, from.as_deref())?;
        }
        Ok(if is_wired || self.dry_run { Exit::Done } else { Exit::Findings })
    }

    /// Gives the ring whose keys it began with.
    fn start(&mut self, opened: &Opened, start: Start, version: &Version) -> Result<Option<String>, Failure> {
        let name = opened.name();
        let (words, adoption, from) = match start {
            Start::AsItIs => {
                return self.words.already(&format!("{name} is a ring already")).map(|()| None);
            }
            Start::Finish => return self.finish(opened).map(|()| None),
            Start::Unusable(reading) => return Err(opened.unusable(&reading)),
            Start::Fresh(adoption) => ("make a key".to_owned(), adoption, None),
            Start::Store(adoption) => ("take in the key that is there".to_owned(), adoption, None),
            Start::Like(other, adoption) => {
                (format!("begin with the keys of {other}"), adoption, Some(other.to_string()))
            }
        };
        self.begin_with(opened, adoption, version)?;
        self.words.done(&format!("{words}: {name}"))?;
        Ok(from)
    }

    fn begin_with(&self, opened: &Opened, adoption: Adoption, over: &Version) -> Result<(), Failure> {
        self.unless_dry(|| begun_in(self.world, opened, adoption, over)).map(|_| ())
    }

    fn add_to(&mut self, configuration: Option<(PathBuf, String, String)>) -> Result<(), Failure> {
        let Some((path, old, new)) = configuration else {
            return self.words.already("the configuration says where the ring lives");
        };
        self.unless_dry(|| plain_files::replace(&path, Some(old.as_bytes()), new.as_bytes()))?;
        self.words.done(&format!("say where the ring lives: {}", shown(&path)))
    }

    /// A key retires when what it signed has expired, which at times only who signs knows.
    fn how_long(&self, opened: &Opened) -> Result<(), Failure> {
        let place = &opened.place;
        let is_told = place.fleet.is_some() && says_how_long(&place.ring);
        if place.encrypts || place.longest_of_ring.is_some() || is_told {
            return Ok(());
        }
        self.words.behind(&format!(
            "What it signs counts as valid for {}: where that is too short, say `longest-signature` in its",
            opened.policy.longest_signature
        ))?;
        self.words.behind("table of the configuration, before a key of it retires")
    }

    fn what_now(&self, opened: &Opened, from: Option<&str>) -> Result<(), Failure> {
        let lines = lines_for(&opened.place.ring);
        let rotate = opened.again("rotate");
        let settings = match lines.is_empty() {
            true => "let the settings use the ring where it is meant for, and deploy them",
            false => "put this into the settings, and deploy them:",
        };
        self.words.next(settings)?;
        lines.iter().try_for_each(|line| self.words.behind(&format!("    {line}")))?;
        self.how_long(opened)?;
        match from {
            None => Ok(()),
            Some(from) => {
                self.words
                    .behind("Processes with the old settings and with the new ones understand each other.")?;
                self.words.behind(&format!(
                    "Once all have the new ones, `{rotate}` parts the ring from {from}, step by step"
                ))
            }
        }
    }
}
