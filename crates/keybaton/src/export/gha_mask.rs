//! Commands that keep each key out of the log of GitHub Actions.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit};

pub(super) const FORMAT: Format =
    Format { name: "gha-mask", reader: "the log of GitHub Actions, which shows no key from then on", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    let mut text = Zeroizing::new(String::new());
    for key in &export.keys {
        let value = key.expose().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        text.push_str(&Zeroizing::new(format!("::add-mask::{}\n", *Zeroizing::new(value))));
    }
    Ok(text)
}
