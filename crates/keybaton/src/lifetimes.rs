//! How long what the project signs is valid, as its settings say it.

use keybaton_core::Policy;
use keybaton_core::time::{Span, Timestamp};
use keybaton_handover::Lifetimes;

use crate::clock::now;
use crate::commands::World;
use crate::configuration::Place;
use crate::encrypted::Packages;
use crate::opened::Opened;
use crate::policy::longest_signature;

impl Opened {
    /// What the configuration says holds; where that is too short, or cannot be known to be enough, this is told.
    pub(crate) fn learn_lifetimes(&mut self, world: &World<'_>, lifetimes: &Lifetimes) {
        // They are told of the main ring.
        self.encrypting = self.place.is_main.then(|| Packages::of(lifetimes));
        let notes = match self.place.is_main {
            true => {
                let longest = self.place.longest_signature.unwrap_or(lifetimes.longest());
                self.policy.longest_signature = longest;
                notes(&self.place, longest, lifetimes, now())
            }
            false => {
                let says = lifetimes.longest_of(&self.place.ring);
                // Nobody knows more of it than of sessions; to wait too long harms nobody.
                let unknown = || Policy::LONGEST_SIGNATURE.max(lifetimes.longest());
                let longest = longest_signature(&self.place, says).unwrap_or_else(unknown);
                self.policy.longest_signature = longest;
                notes_of_further(&self.place, longest, says)
            }
        };
        notes.iter().for_each(|note| world.print.note(note));
    }
}

/// What a further ring signs, the settings may say it of.
fn notes_of_further(place: &Place, longest: Span, says: Option<Span>) -> Vec<String> {
    let short = says.filter(|says| longest < *says).map(|says| {
        format!(
            "longest-signature is {longest}, and by the settings of the project what {} signs is valid for {says}: what is older \
             is refused from `retire` on",
            place.ring
        )
    });
    short.into_iter().collect()
}

fn notes(place: &Place, longest: Span, lifetimes: &Lifetimes, now: Timestamp) -> Vec<String> {
    let environment = place.environment.as_deref().unwrap_or("NAME");
    let said = longest < lifetimes.longest();
    let short = said.then(|| {
        format!(
            "longest-signature is {longest}, and the settings of the project say {} (SESSION_COOKIE_AGE, \
             PASSWORD_RESET_TIMEOUT): whoever does not come back in between is logged out by `retire`",
            lifetimes.longest()
        )
    });
    // A clock that differs a little is no reason.
    let late = lifetimes.latest_session_expiry.map(Timestamp).filter(|end| *end > now + longest + SLACK);
    let late = late.map(|end| {
        format!(
            "a session lasts until {end}, which is longer than the {longest} that are waited for before `retire`: write \
             longest-signature = \"…\" under [environments.{environment}] if that one is to stay"
        )
    });
    let unread = lifetimes.sessions_unread.as_ref().map(|why| {
        format!(
            "when the last session ends could not be read ({why}): one that was given a longer life than {longest} is ended by \
             `retire`"
        )
    });
    short.into_iter().chain(late).chain(unread).collect()
}

const SLACK: Span = Span(3_600);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use insta::assert_snapshot;

    use super::*;
    use crate::configuration::{Located, Wishes};

    #[test]
    fn what_is_waited_for_too_shortly_is_told() {
        let place = Place {
            ring: "SECRET_KEY".parse().unwrap(),
            environment: Some("production".to_owned()),
            store: Located { url: "dotenv:.env".to_owned(), folder: "/srv/shop".into() },
            mirrors: Vec::new(),
            propagation: None,
            longest_signature: None,
            longest_of_ring: None,
            offline: None,
            fleet: None,
            after_write: None,
            wishes: Wishes::default(),
            is_main: true,
            encrypts: false,
        };
        let lifetimes = |latest_session_expiry| Lifetimes {
            session_cookie_age: 1_209_600,
            password_reset_timeout: 259_200,
            latest_session_expiry,
            sessions_unread: None,
            rings: BTreeMap::new(),
            encrypted: Vec::new(),
            encrypted_fallbacks: Vec::new(),
        };
        let now = Timestamp(1_790_000_000);
        let said = |longest, expiry| notes(&place, longest, &lifetimes(expiry), now).join("\n");
        assert_eq!(said(Span::days(14), Some(now.0 + 1_209_660)), "");
        assert_snapshot!(said(Span(3_600), None), @"longest-signature is 1h, and the settings of the project say 14d (SESSION_COOKIE_AGE, PASSWORD_RESET_TIMEOUT): whoever does not come back in between is logged out by `retire`");
        let unread = Lifetimes {
            sessions_unread: Some("ProgrammingError: permission denied for table django_session".to_owned()),
            ..lifetimes(None)
        };
        assert_snapshot!(notes(&place, Span::days(14), &unread, now).join("\n"), @"when the last session ends could not be read (ProgrammingError: permission denied for table django_session): one that was given a longer life than 14d is ended by `retire`");
        assert_snapshot!(said(Span::days(14), Some(now.0 + 9_000_000)), @r#"a session lasts until 2027-01-03T18:13:20Z, which is longer than the 14d that are waited for before `retire`: write longest-signature = "…" under [environments.production] if that one is to stay"#);
    }
}
