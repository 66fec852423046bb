//! Looking for the variables of the ring: in one list where that tells all, else each by its name.
//!
//! GitLab gives a hundred variables at once and counts its pages. What another program takes away moves the rest up, so that
//! whoever turns the page misses one.

use keybaton_core::Field;
use reqwest::Method;

use crate::StoreError;
use crate::remote::claimed::name_of;
use crate::remote::{Call, Deadline};

use super::GitLab;
use super::calls::{Doing, is_about};
use super::scope::{EVERYWHERE, is_pattern};
use super::variable::{Found, Variable};

/// One page of the list: what it has of the ring.
struct Page {
    ours: Vec<Variable>,
    is_full: bool,
}

/// What GitLab says to one name and scope.
enum Named {
    Yes(Variable),
    No,
    /// It was not asked for the scope: so do versions before 16.9 with a group's variables.
    Unclear,
}

impl GitLab {
    /// The variables of the ring, and for whoever writes its claim: at our own scope, and at others as far as one list tells.
    pub(super) fn look(&self, doing: Doing, deadline: Deadline) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let first = self.page(1, doing, deadline)?;
        found.add(first.ours);
        found.is_all = !first.is_full;
        if found.is_all {
            return Ok(found);
        }
        for (name, scope) in self.wanted(doing) {
            if found.has(&name, scope) {
                continue;
            }
            match self.named(&name, scope, doing, deadline)? {
                Named::Yes(variable) => found.add([variable]),
                Named::No => {}
                Named::Unclear => {
                    self.turn(&mut found, usize::MAX, doing, deadline)?;
                    break;
                }
            }
        }
        Ok(found)
    }

    /// What stands at other scopes, where somebody could be told of it: among the first thousand, for it is a note alone.
    pub(super) fn look_elsewhere(&self, found: &mut Found, deadline: Deadline) -> Result<(), StoreError> {
        if found.is_all {
            return Ok(());
        }
        self.turn(found, TURNED, Doing::Writing, deadline)
    }

    /// Whether a scope can be narrower than ours.
    pub(super) fn is_pattern(&self) -> bool {
        is_pattern(&self.place.scope)
    }

    fn wanted(&self, doing: Doing) -> Vec<(String, &str)> {
        let scope = &*self.place.scope;
        let mut wanted: Vec<_> = Field::ALL.map(|field| (self.ring.of(field), scope)).into();
        if doing == Doing::Writing {
            wanted.push((name_of(&self.ring), scope));
            if self.place.is_group() && scope != EVERYWHERE {
                wanted.push((name_of(&self.ring), EVERYWHERE));
            }
        }
        wanted
    }

    /// The pages after the first one.
    fn turn(
        &self,
        found: &mut Found,
        pages: usize,
        doing: Doing,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        for number in 2..=pages {
            let page = self.page(number, doing, deadline)?;
            found.add(page.ours);
            if !page.is_full {
                found.is_all = true;
                break;
            }
        }
        Ok(())
    }

    fn page(&self, number: usize, doing: Doing, deadline: Deadline) -> Result<Page, StoreError> {
        let path = format!("{}?per_page={PAGE}&page={number}", self.place.variables());
        let answer = self.ask(Call::new(Method::GET, self.login.address(&path)), deadline)?;
        let body = answer.json();
        let Some(all) = body.as_array().filter(|_| answer.status == 200) else {
            return Err(self.refused(&answer, doing));
        };
        let names = Field::ALL.map(|field| self.ring.of(field)).into_iter().chain([name_of(&self.ring)]);
        let names: Vec<_> = names.collect();
        let ours = all.iter().filter(|told| names.iter().any(|name| told["key"] == **name));
        Ok(Page { ours: ours.filter_map(Variable::of).collect(), is_full: all.len() >= PAGE })
    }

    fn named(&self, name: &str, scope: &str, doing: Doing, deadline: Deadline) -> Result<Named, StoreError> {
        let address = self.login.address(&self.place.variable(name, scope));
        let answer = self.ask(Call::new(Method::GET, address), deadline)?;
        match answer.status {
            200 => {
                let variable = Variable::of(&answer.json()).filter(|variable| variable.name == name);
                let variable = variable.ok_or_else(|| self.refused(&answer, doing))?;
                Ok(if variable.scope == scope { Named::Yes(variable) } else { Named::Unclear })
            }
            404 if is_about(&answer, "Variable Not Found") => Ok(Named::No),
            409 => Ok(Named::Unclear),
            _ => Err(self.refused(&answer, doing)),
        }
    }
}

/// As many as GitLab gives at once.
const PAGE: usize = 100;
/// At most so many pages for what is not needed to write.
const TURNED: usize = 10;
