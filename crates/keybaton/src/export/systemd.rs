//! `EnvironmentFile=` of a unit: C-like quotes, in which systemd expands nothing.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, escaped};

pub(super) const FORMAT: Format = Format { name: "systemd", reader: "EnvironmentFile= of a unit", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        let value = escaped(&variable.value, &['"', '\\', '$', '`'], '\\');
        Ok(Zeroizing::new(format!("{}=\"{}\"", variable.name, *value)))
    })
}
