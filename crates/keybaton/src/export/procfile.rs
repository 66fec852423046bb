//! The .env file beside a Procfile, as foreman and honcho read it: in single quotes, where honcho takes `\n` for a line end all the same.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit};

pub(super) const FORMAT: Format =
    Format { name: "procfile", reader: ".env beside a Procfile, for foreman and honcho", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        variable.must_be_one_line()?;
        variable.must_not_hold(&[('\'', "a single quote"), ('\\', "a backslash")])?;
        variable.must_not_hold(&LINE_ENDS.map(|end| (end, "what some programs take for a line end")))?;
        Ok(Zeroizing::new(format!("{}='{}'", variable.name, *variable.value)))
    })
}

const LINE_ENDS: [char; 8] =
    ['\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];
