//! Lines for `environment:` in a compose file, where `$` begins a variable.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, doubled, json_text};

pub(super) const FORMAT: Format = Format { name: "compose", reader: "environment: in compose.yaml", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    let lines = export.lines(|variable| {
        let value = json_text(&doubled(&variable.value, &['$']));
        Ok(Zeroizing::new(format!("  {}: {}", variable.name, *value)))
    })?;
    Ok(Zeroizing::new(format!("environment:\n{}", *lines)))
}
