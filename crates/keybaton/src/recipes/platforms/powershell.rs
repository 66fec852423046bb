//! The key in a session of PowerShell.

use super::session;
use crate::failure::Failure;
use crate::recipes::template::fill;
use crate::recipes::{Facts, Made, Recipe, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "powershell",
    summary: "functions that load the key of development into a session, and clear it",
    variants: &[
        session::SESSION,
        Variant { name: VAULT, summary: "the same from a vault of SecretManagement, which has a copy" },
    ],
    asks: &[],
    proposal: None,
    make,
};

fn make(facts: &Facts) -> Result<Made, Failure> {
    let gaps = session::gaps(facts);
    let text = match facts.variant {
        VAULT => fill(include_str!("session/vault.ps1"), gaps),
        _ => fill(include_str!("session/keybaton.ps1"), gaps),
    };
    let made = Made::default().file("keybaton.ps1", "functions to be sourced", text);
    let made = if facts.variant == VAULT { vault(made) } else { made };
    Ok(session::steps(made, facts, ". .\\keybaton.ps1; Import-Ring", "Clear-Ring")
        .step("Do not type a key: `$env:SECRET_KEY = '…'` stands in the file that (Get-PSReadLineOption).HistorySavePath names from then on."))
}

fn vault(made: Made) -> Made {
    made.step("Once, and after each step of a rotation, a copy of the ring goes into the vault:")
        .command("Install-Module Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore -Scope CurrentUser")
        .command("Register-SecretVault -Name SecretStore -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault")
        .command(". .\\keybaton.ps1; Save-Ring")
}

const VAULT: &str = "secretmanagement";
