//! Commands for fish: `keybaton export --format fish | source`.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, escaped};

pub(super) const FORMAT: Format = Format { name: "fish", reader: "fish", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        let value = escaped(&variable.value, &['\'', '\\'], '\\');
        Ok(Zeroizing::new(format!("set -gx {} '{}'", variable.name, *value)))
    })
}
