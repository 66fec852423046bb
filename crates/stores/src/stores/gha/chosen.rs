//! Which repositories get what an organization keeps.

use std::collections::{BTreeMap, BTreeSet};

use keybaton_core::{Field, Writes};
use reqwest::Method;

use crate::StoreError;
use crate::remote::{Call, Deadline};

use super::Gha;
use super::calls::Doing;
use super::found::Found;
use super::place::Place;
use super::visibility::{SELECTED, Visibility};

/// Who gets each text that is written; nothing where it is not an organization's.
pub(super) type Audience = BTreeMap<Field, Visibility>;

impl Gha {
    /// Looked up before anything is written, so that nothing is half written where it cannot be told.
    pub(super) fn audience(
        &self,
        new: &Writes,
        found: &Found,
        deadline: Deadline,
    ) -> Result<Audience, StoreError> {
        let mut audience = Audience::new();
        let Place::Organization { made, .. } = &self.place else { return Ok(audience) };
        for field in new.steps.iter().map(|step| step.field) {
            // A record that is there keeps what it has.
            let is_kept = field == Field::Record && found.record.is_some();
            if !is_kept && !audience.contains_key(&field) {
                audience.insert(field, self.visibility_of(field, made, found, deadline)?);
            }
        }
        Ok(audience)
    }

    /// Which repositories get it: those that do now; of a new one those that get the signing key.
    fn visibility_of(
        &self,
        field: Field,
        made: &Visibility,
        found: &Found,
        deadline: Deadline,
    ) -> Result<Visibility, StoreError> {
        let like = [field, Field::Signing].into_iter().find_map(|field| {
            let word = found.secret(field)?.visibility.as_deref()?;
            Some((field, word))
        });
        match like {
            None => Ok(made.clone()),
            Some((field, SELECTED)) => Ok(Visibility::of(SELECTED, self.chosen(field, deadline)?)),
            Some((_, word)) => Ok(Visibility::new(word)),
        }
    }

    /// The repositories that were chosen for a secret. Where they come page by page they may change meanwhile, so that one is
    /// on no page: they are listed until two lists in a row are the same.
    fn chosen(&self, field: Field, deadline: Deadline) -> Result<Vec<u64>, StoreError> {
        let mut before = None;
        for _ in 0..MOST_LISTS {
            let list = self.listed(field, deadline)?;
            if list.is_as_counted && (list.pages == 1 || before.as_ref() == Some(&list.all)) {
                return Ok(list.all.into_iter().collect());
            }
            before = Some(list.all);
        }
        Err(self.not_sure_of_the_chosen(&self.ring.of(field)))
    }

    fn listed(&self, field: Field, deadline: Deadline) -> Result<List, StoreError> {
        let (mut all, mut counts) = (BTreeSet::new(), BTreeSet::new());
        let mut pages = 0;
        loop {
            pages += 1;
            let path =
                format!("{}/repositories?per_page={PAGE}&page={pages}", self.secret(&self.ring.of(field)));
            let answer = self.ask(Call::new(Method::GET, self.login.address(&path)), deadline)?;
            let body = answer.json();
            let Some(part) = body["repositories"].as_array().filter(|_| answer.status == 200) else {
                return Err(self.refused(&answer, Doing::Writing));
            };
            all.extend(part.iter().filter_map(|repository| repository["id"].as_u64()));
            counts.insert(body["total_count"].as_u64());
            if part.len() < PAGE {
                let is_as_counted = counts == BTreeSet::from([Some(all.len() as u64)]);
                return Ok(List { all, pages, is_as_counted });
            }
        }
    }
}

/// What GitHub lists, page after page.
struct List {
    all: BTreeSet<u64>,
    pages: usize,
    /// Whether GitHub counts as many, with each page.
    is_as_counted: bool,
}

/// As many as GitHub gives at once.
const PAGE: usize = 100;
const MOST_LISTS: usize = 4;
