//! Which keys a ring begins with.

use std::path::{Path, PathBuf};

use keybaton_core::{Adoption, Edit, Fallback, Reading, Ring, SecretText};

use super::today::Today;

/// What becomes of the store.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it is used at once")]
pub(crate) enum Beginning {
    /// It holds a ring in order, which stays as it is.
    AsItIs,
    /// It holds a ring whose last write was cut short.
    Finish,
    /// A ring begins.
    Begin(Begin),
    /// It holds texts that were edited by hand; they are taken in when the user says so.
    Edited(Edit),
    /// A later version wrote it.
    Newer(u32),
    /// It gives its keys to nobody who asks.
    Sealed,
    /// It holds a ring without a key that the settings sign with or accept today: its users would be logged out.
    Foreign,
    /// It holds a key that git knows, and that would come next.
    Leaked(PathBuf),
}

/// How a ring begins.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) adoption: Adoption,
    pub(crate) with: With,
    /// How many fallbacks there are of which nobody knows whether they are old or next.
    pub(crate) unknown_fallbacks: usize,
}

/// Where the signing key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    /// A fresh key.
    Fresh,
    /// The key that the store held already.
    Store,
    /// The key that stood in the settings; a successor is staged beside it.
    SettingsStaged,
    /// The key that stood in the settings, alone.
    Settings,
    /// The key that the environment holds.
    Environment,
}

/// What a beginning has to heed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// The user wants what is there as it is, edits by hand included.
    pub(crate) adopt: bool,
    /// The store's file, where git tracks it: a successor in it would be as exposed as the key that it follows.
    pub(crate) tracked: Option<&'a Path>,
}

/// Decides. `fallbacks` stand in the settings.
pub(crate) fn decide(
    reading: Reading,
    today: Today,
    fallbacks: Vec<SecretText>,
    terms: Terms<'_>,
) -> Beginning {
    match (reading, today) {
        (Reading::Whole(ring), Today::Literal(key)) if !accepts(&ring, &key) => Beginning::Foreign,
        (Reading::Whole(ring), _) if !fallbacks.iter().all(|key| accepts(&ring, key)) => Beginning::Foreign,
        (Reading::Whole(_), _) => Beginning::AsItIs,
        (Reading::Torn(_), _) => Beginning::Finish,
        (Reading::Newer(newer), _) => Beginning::Newer(newer.format),
        (Reading::Sealed(_), _) => Beginning::Sealed,
        (Reading::Edited(edited), _) if terms.adopt => begin(edited.found, With::Store),
        (Reading::Edited(edited), _) => Beginning::Edited(edited.why),
        (Reading::Absent, Today::Nothing) => begin(Adoption::nothing(), With::Fresh),
        (Reading::Absent, Today::Environment(key)) => {
            begin(Adoption::keys(key, fallbacks), With::Environment)
        }
        (Reading::Absent, Today::Literal(key) | Today::Default(key)) => from_settings(key, fallbacks, terms),
        (Reading::Bare(bare), Today::Literal(key)) if key != bare.signing => {
            if let Some(file) = terms.tracked {
                return Beginning::Leaked(file.to_owned());
            }
            // The settings do not read the store yet, so the store's key signs nowhere: it comes next.
            let others = [vec![bare.signing], fallbacks, bare.fallbacks].into_iter().flatten();
            let adoption = Adoption::keys(key, others.collect()).exposed();
            begin_known(adoption.with_fallback(Fallback::Next), With::SettingsStaged)
        }
        (Reading::Bare(bare), Today::Literal(_)) => {
            from_settings(bare.signing, both(bare.fallbacks, fallbacks), terms)
        }
        (Reading::Bare(bare), _) => {
            begin(Adoption::keys(bare.signing, both(bare.fallbacks, fallbacks)), With::Store)
        }
    }
}

fn accepts(ring: &Ring, key: &SecretText) -> bool {
    ring.accepted().into_iter().any(|accepted| accepted.secret == *key)
}

/// Whatever is accepted today, by the store or by the settings, is accepted by the ring.
fn both(mut store: Vec<SecretText>, settings: Vec<SecretText>) -> Vec<SecretText> {
    store.extend(settings);
    store
}

fn from_settings(signing: SecretText, fallbacks: Vec<SecretText>, terms: Terms<'_>) -> Beginning {
    let staged = !terms.adopt && terms.tracked.is_none() && fallbacks.is_empty();
    let adoption = Adoption::keys(signing, fallbacks).exposed();
    if staged { begin(adoption.staged(), With::SettingsStaged) } else { begin(adoption, With::Settings) }
}

fn begin(adoption: Adoption, with: With) -> Beginning {
    let unknown_fallbacks = adoption.unknown_fallbacks();
    Beginning::Begin(Begin { adoption, with, unknown_fallbacks })
}

fn begin_known(adoption: Adoption, with: With) -> Beginning {
    Beginning::Begin(Begin { adoption, with, unknown_fallbacks: 0 })
}
