//! The thread that looks at the stores.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use keybaton_core::time::Span;

use crate::failure::Failure;
use crate::print::Print;
use crate::random;
use crate::watch::folder::Folder;
use crate::watch::held;
use crate::watch::signals::Looking;
use crate::watch::tracked::{Line, Tracked, files};

pub(super) struct Follower {
    rings: Vec<Tracked>,
    /// Nothing once the program has ended.
    folder: Arc<Mutex<Option<Folder>>>,
    looking: Looking,
    every: Duration,
    /// The folder lacks what was read last: it could not be written.
    is_behind: bool,
    print: Print,
}

impl Follower {
    pub(super) fn new(
        rings: Vec<Tracked>,
        folder: Arc<Mutex<Option<Folder>>>,
        looking: Looking,
        every: Span,
    ) -> Self {
        let every = Duration::from_secs(every.0);
        Self { rings, folder, looking, every, is_behind: false, print: Print::new() }
    }

    pub(super) fn begin(self) -> io::Result<()> {
        thread::Builder::new().spawn(|| self.follow()).map(drop)
    }

    /// Until the process ends. Programs that were started together do not look together, nor at the same pace.
    fn follow(mut self) {
        thread::sleep(self.every.mul_f64(random::fraction()));
        loop {
            self.look();
            thread::sleep(self.every.mul_f64(random::fraction().mul_add(0.25, 0.75)));
        }
    }

    fn look(&mut self) {
        let looks: Vec<_> = self.looking.during(|| self.rings.iter_mut().map(Tracked::look).collect());
        let is_new = looks.iter().any(|look| look.is_new);
        for line in looks.into_iter().flat_map(|look| look.lines) {
            match line {
                Line::Note(text) => self.print.note(&text),
                Line::Warning(text) => self.print.warning(&text),
            }
        }
        self.bring_up(is_new);
    }

    /// Brings the folder up where it is not as it should be.
    fn bring_up(&mut self, is_new: bool) {
        let outcome = match held(&self.folder).as_mut() {
            Some(folder) if is_new || self.is_behind || !folder.is_there() => put(folder, &self.rings),
            _ => return,
        };
        let was_behind = std::mem::replace(&mut self.is_behind, outcome.is_err());
        match outcome {
            Err(failure) if !was_behind => self.print.warning(&failure.in_full()),
            Ok(()) if was_behind => self.print.note("the folder of the ring is up to date again"),
            _ => {}
        }
        thread::sleep(ON_THE_WAY);
        if let Some(folder) = held(&self.folder).as_mut() {
            folder.sweep();
        }
    }
}

fn put(folder: &mut Folder, rings: &[Tracked]) -> Result<(), Failure> {
    folder.put(&files(rings)).map_err(|error| folder.not_written(error))
}

/// For longer no reader is on its way from a link to the file behind it.
const ON_THE_WAY: Duration = Duration::from_secs(1);
