//! The middleware with which users stay logged in while the key changes, in the place of Django's own.

use keybaton_audit::project::{Project, SettingsFile};
use keybaton_audit::source::Source;
use keybaton_audit::wire::{Middleware, is_loaded, is_looked_for};
use keybaton_core::RingName;

use super::settings::{Rewrite, Rewrites};
use crate::configuration::shown;

impl<'a> Rewrites<'a> {
    /// Puts it into those files that read the ring, and keeps in mind where a person has to do it. A project that names it
    /// outside of its tests knows about it.
    pub(super) fn keep_users(mut self, project: &'a Project, ring: &RingName) -> Self {
        let read = || project.files.iter().map(|file| (file, Middleware::of(&file.source)));
        let meant: Vec<_> = read().filter(|(file, _)| file.is_used || !file.is_for_tests()).collect();
        if meant.iter().any(|(_, middleware)| *middleware == Middleware::Ours) {
            self.kept =
                meant.iter().any(|(file, middleware)| file.is_used && *middleware == Middleware::Ours);
            return self;
        }
        // One file may look for the name in the list of another, and would not find it there any more.
        let is_by_hand = read().any(|(_, middleware)| matches!(middleware, Middleware::ByHand { .. }));
        let is_named = meant.iter().any(|(_, middleware)| middleware.djangos().is_some());
        let may_edit = self.has_package && is_named && !is_by_hand && !is_looked_for(project);
        for (file, middleware) in meant {
            if middleware.djangos().is_some() && !(may_edit && self.keep_users_of(file, ring)) {
                self.djangos.push(file);
            }
        }
        self
    }

    /// Whether any file calls `keybaton.load()` when all is done.
    pub(super) fn load(&self, project: &Project, ring: &RingName) -> bool {
        !self.rewrites.is_empty()
            || !self.by_hand.is_empty()
            || project.files.iter().any(|file| is_loaded(&file.settings, ring))
    }

    /// Whether the file reads the ring, and changes.
    fn keep_users_of(&mut self, file: &'a SettingsFile, ring: &RingName) -> bool {
        if let Some(rewrite) = self.rewrites.iter_mut().find(|rewrite| rewrite.file.path == file.path) {
            let new = replaced(&rewrite.new);
            rewrite.keeps_users = new.is_some();
            rewrite.new = new.unwrap_or_else(|| std::mem::take(&mut rewrite.new));
            return rewrite.keeps_users;
        }
        let new = replaced(file.bytes()).filter(|_| is_loaded(&file.settings, ring));
        let rewrite = new.map(|new| Rewrite { file, new, wires: false, keeps_users: true });
        let is_there = rewrite.is_some();
        self.rewrites.extend(rewrite);
        is_there
    }

    /// Whether the settings in use are seen to keep users logged in when all is done.
    pub(crate) fn users_stay(&self, is_written: bool) -> bool {
        let mut rewritten =
            self.rewrites.iter().filter(|rewrite| rewrite.keeps_users && rewrite.file.is_used);
        self.djangos.is_empty() && (self.kept || (is_written && rewritten.next().is_some()))
    }

    /// Where Django's own is left: the user did not want the settings changed, or nobody but a person can.
    pub(crate) fn left_to_django(&self, is_written: bool) -> Vec<String> {
        let unwritten = self.rewrites.iter().filter(|rewrite| rewrite.keeps_users && !is_written);
        let files = unwritten.map(|rewrite| rewrite.file).chain(self.djangos.iter().copied());
        files.filter_map(|file| self.place(file, is_written)).collect()
    }

    /// Where it stands when all is done.
    fn place(&self, file: &SettingsFile, is_written: bool) -> Option<String> {
        let rewrite = self.rewrites.iter().find(|rewrite| is_written && rewrite.file.path == file.path);
        let new = rewrite.and_then(|rewrite| Source::decode(&rewrite.new).ok());
        let source = new.as_ref().unwrap_or(&file.source);
        let at = Middleware::of(source).djangos()?;
        Some(format!("{}, line {}", shown(&file.path), source.place(at).line))
    }
}

fn replaced(bytes: &[u8]) -> Option<Vec<u8>> {
    let source = Source::decode(bytes).ok()?;
    Middleware::of(&source).replaced(bytes, &source)
}
