//! Which keys a ring begins with.

use keybaton_core::{Adoption, Edit, Fallback, Reading, SecretText};

/// What the settings themselves hold.
#[derive(Debug, Default)]
pub(crate) struct InSettings {
    /// The key that signs today because the settings say so, and that source control therefore knows.
    pub(crate) signing: Option<SecretText>,
    /// The other keys that they accept.
    pub(crate) fallbacks: Vec<SecretText>,
}

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
}

/// Decides. `adopt`: the user wants what is there as it is, edits by hand included.
pub(crate) fn decide(reading: Reading, settings: InSettings, adopt: bool) -> Beginning {
    match reading {
        Reading::Whole(_) => Beginning::AsItIs,
        Reading::Torn(_) => Beginning::Finish,
        Reading::Newer(newer) => Beginning::Newer(newer.format),
        Reading::Edited(edited) if adopt => begin(edited.found, With::Store),
        Reading::Edited(edited) => Beginning::Edited(edited.why),
        Reading::Absent => match settings.signing {
            None => begin(Adoption::nothing(), With::Fresh),
            Some(signing) => from_settings(signing, settings.fallbacks, adopt),
        },
        Reading::Bare(bare) => match settings.signing {
            Some(signing) if signing != bare.signing => {
                // The settings do not read the store yet, so the store's key signs nowhere: it comes next.
                let adoption = Adoption::keys(signing, vec![bare.signing]).exposed();
                begin_known(adoption.with_fallback(Fallback::Next), With::SettingsStaged)
            }
            Some(_) => begin(Adoption::from(bare).exposed(), With::Store),
            None => begin(bare.into(), With::Store),
        },
    }
}

fn from_settings(signing: SecretText, fallbacks: Vec<SecretText>, adopt: bool) -> Beginning {
    let staged = !adopt && fallbacks.is_empty();
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
