//! Lines for the file that `$GITHUB_ENV` names. Mask the keys first: they stand in the log of a step that prints them.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, Variable};

pub(super) const FORMAT: Format = Format { name: "gha", reader: "$GITHUB_ENV of GitHub Actions", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        variable.must_not_hold(&[('\r', "a carriage return")])?;
        Ok(match variable.value.contains('\n') {
            false => Zeroizing::new(format!("{}={}", variable.name, *variable.value)),
            true => several_lines(variable),
        })
    })
}

/// Between two lines that the value does not have.
fn several_lines(variable: &Variable) -> Text {
    let mut end = String::from("END_OF_KEY");
    while variable.value.lines().any(|line| line == end) {
        end.push('_');
    }
    Zeroizing::new(format!("{}<<{end}\n{}\n{end}", variable.name, *variable.value))
}
