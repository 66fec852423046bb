//! What rings besides the main one are for: the names that the Django app knows, and what stands in the settings for each.

use keybaton_core::RingName;

/// A use of SECRET_KEY that can have a ring of its own.
pub(crate) struct Use {
    /// The name that the Django app looks for, unless the project says another.
    ring: &'static str,
    /// The lines that send it there.
    lines: &'static [&'static str],
    /// Whether the settings of the project say how long what it signs is valid.
    says_how_long: bool,
    /// Whether it encrypts what is stored.
    encrypts: bool,
}

const USES: [Use; 5] = [
    Use {
        ring: "COOKIE_SIGNING_KEY",
        lines: &["SIGNING_BACKEND = \"keybaton.django.signing.CookieSigner\""],
        says_how_long: false,
        encrypts: false,
    },
    Use {
        ring: "SESSION_SIGNING_KEY",
        lines: &["SESSION_ENGINE = \"keybaton.django.sessions.signed_cookies\""],
        says_how_long: true,
        encrypts: false,
    },
    Use {
        ring: "JWT_SIGNING_KEY",
        lines: &["INSTALLED_APPS = [..., \"keybaton.simplejwt\"]"],
        says_how_long: true,
        encrypts: false,
    },
    Use {
        ring: "LINK_SIGNING_KEY",
        lines: &["from keybaton.django.signing import dumps, loads  # with ring=\"LINK_SIGNING_KEY\""],
        says_how_long: false,
        encrypts: false,
    },
    Use {
        ring: "FIELD_ENCRYPTION_KEY",
        lines: &[
            "FERNET_KEYS = [FIELD_ENCRYPTION_KEY, *FIELD_ENCRYPTION_KEY_FALLBACKS]  # or what your package reads",
        ],
        says_how_long: false,
        encrypts: true,
    },
];

/// The lines for a ring of this name; none where only the project knows what it is for.
pub(crate) fn lines_for(ring: &RingName) -> &'static [&'static str] {
    known(ring).map_or(&[], |known| known.lines)
}

/// Whether the settings say how long what a ring of this name signs is valid.
pub(crate) fn says_how_long(ring: &RingName) -> bool {
    known(ring).is_some_and(|known| known.says_how_long)
}

/// Whether a ring of this name encrypts what is stored.
pub(crate) fn encrypts(ring: &RingName) -> bool {
    known(ring).is_some_and(|known| known.encrypts)
}

fn known(ring: &RingName) -> Option<&'static Use> {
    USES.iter().find(|known| known.ring == ring.as_str())
}
