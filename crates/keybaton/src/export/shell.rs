//! Commands for a POSIX shell: `eval "$(keybaton export --format shell)"`.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit};

pub(super) const FORMAT: Format = Format { name: "shell", reader: "sh, bash, zsh, direnv", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        let value = Zeroizing::new(variable.value.replace('\'', r"'\''"));
        Ok(Zeroizing::new(format!("export {}='{}'", variable.name, *value)))
    })
}
