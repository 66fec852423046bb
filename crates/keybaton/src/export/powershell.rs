//! Commands for PowerShell: `keybaton export --format powershell | Out-String | Invoke-Expression`.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, doubled};

pub(super) const FORMAT: Format = Format { name: "powershell", reader: "PowerShell", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        let value = doubled(&variable.value, &QUOTES);
        Ok(Zeroizing::new(format!("$env:{} = '{}'", variable.name, *value)))
    })
}

/// All of these end a text that a single quote began.
const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
