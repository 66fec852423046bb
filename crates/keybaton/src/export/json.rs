//! One JSON object of texts.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, json_text};

pub(super) const FORMAT: Format = Format { name: "json", reader: "programs", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    let mut text = Zeroizing::new(String::from("{"));
    for (at, variable) in export.variables.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        text.push_str(&Zeroizing::new(format!(
            "{comma}{}:{}",
            *json_text(&variable.name),
            *variable.as_json()
        )));
    }
    text.push_str("}\n");
    Ok(text)
}
