//! What the user does after `keybaton init`.

use keybaton_audit::wire::{OURS, Style};
use keybaton_core::Ring;
use keybaton_core::shell::quoted;

use crate::configuration::Wishes;

/// What is known when all is done.
pub(crate) struct After<'a> {
    pub(crate) style: Style,
    pub(crate) is_changed: bool,
    /// Whether the settings read the ring now.
    pub(crate) is_wired: bool,
    /// Where Django's own middleware is left, which logs users out while the key changes.
    pub(crate) djangos: &'a [String],
    /// The settings in use are seen to name keybaton's middleware.
    pub(crate) users_stay: bool,
    /// The settings import keybaton, so that its middleware can be named in them.
    pub(crate) has_package: bool,
    pub(crate) ring: Option<&'a Ring>,
    /// Git tracks the file of keys, and what mends it was said.
    pub(crate) is_tracked: bool,
    /// The variable that the settings read the key from before the ring began.
    pub(crate) variable: Option<&'a str>,
    /// The folder of the configuration, where the user stands above it.
    pub(crate) elsewhere: Option<&'a str>,
    /// Nobody said yet how long a new key takes to reach each process.
    pub(crate) is_open: bool,
    /// What other commands have to be told.
    pub(crate) wishes: &'a Wishes,
}

/// The first line says what to do now, the others what is to be known besides.
pub(crate) fn what_now(after: &After<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let exposed = after
        .ring
        .filter(|ring| ring.signing.facts.exposed && !after.is_tracked)
        .map(|ring| exposed(ring, after));
    let middleware = middleware(after);
    match (after.is_changed || !after.is_wired, &exposed) {
        (true, _) => lines.push(start(after)),
        (false, _) if middleware.is_some() => {}
        (false, Some(_)) => lines.push("nothing is left to set up".to_owned()),
        (false, None) => lines.push("nothing: all is as it should be".to_owned()),
    }
    lines.extend(middleware.into_iter().flatten());
    lines.extend(exposed.into_iter().flatten());
    lines.extend(after.elsewhere.map(|folder| {
        format!("keybaton.toml is in {folder}, and other commands look for it upward: cd {}", quoted(folder))
    }));
    lines.extend(after.variable.map(|variable| {
        format!("The settings read {variable} from the environment: where servers set it, that key stays")
    }));
    if after.is_open {
        lines.push(format!(
            "`{}` will ask for `propagation`: how long a new key takes to reach each process",
            after.wishes.again("rotate")
        ));
    }
    lines
}

fn start(after: &After<'_>) -> String {
    let first = if after.is_wired { "" } else { "put the lines in, then " };
    match after.style {
        Style::Load => {
            format!(
                "{first}restart the server. The settings import keybaton, so name it in your requirements"
            )
        }
        Style::Plain => format!(
            "{first}start programs with `{} -- python manage.py runserver`: it sets what the settings read",
            after.wishes.again("run")
        ),
    }
}

/// The line for a person to put in.
fn middleware(after: &After<'_>) -> Option<[String; 2]> {
    (after.has_package && !after.djangos.is_empty()).then(|| {
        [
            format!("Put \"{OURS}\" in the place of Django's own, so that"),
            format!("users stay logged in while the key changes: {}", after.djangos.join("; ")),
        ]
    })
}

/// Whoever has the source has the key, until it is replaced.
fn exposed(ring: &Ring, after: &After<'_>) -> [String; 2] {
    let (rotate, new) = (after.wishes.again("rotate"), after.wishes.again("rotate --new"));
    // Behind Django's own middleware those are whose browsers send requests in parallel.
    let nobody = if after.users_stay { ", and nobody is logged out" } else { "" };
    match (&ring.next, ring.retiring.is_empty()) {
        (Some(_), _) => [
            format!("The old key is in source control: once every server is restarted, `{rotate}`"),
            format!("moves on to its successor, step by step{nobody}"),
        ],
        (None, true) => [
            format!("The key is in source control: once every server is restarted, `{new}`"),
            format!("replaces it, step by step{nobody}"),
        ],
        (None, false) => [
            format!("The key is in source control: `{rotate}` ends the rotation that is under way, and"),
            format!("then `{new}` replaces it, step by step{nobody}"),
        ],
    }
}
