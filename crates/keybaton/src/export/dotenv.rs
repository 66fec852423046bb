//! A .env file, as python-dotenv reads it.

use keybaton_dotenv::{Change, edit};
use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit};

pub(super) const FORMAT: Format = Format { name: "dotenv", reader: "a .env file, for python-dotenv", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    let mut text = Zeroizing::new(String::new());
    for variable in &export.variables {
        let change = Change { name: &variable.name, value: &variable.value };
        let edited = edit(&text, &[change]).map_err(|_| variable.unfit("what no .env file can hold"))?;
        text = Zeroizing::new(edited.text.to_string());
    }
    Ok(text)
}
