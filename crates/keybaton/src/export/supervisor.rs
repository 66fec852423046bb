//! `environment=` of a program in supervisord.conf: `%` begins an expansion, and in quotes nothing can be escaped.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit, Variable, doubled};

pub(super) const FORMAT: Format =
    Format { name: "supervisor", reader: "environment= in supervisord.conf", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    let mut text = Zeroizing::new(String::from("environment="));
    for (at, variable) in export.variables.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        text.push_str(&Zeroizing::new(format!("{comma}{}=\"{}\"", variable.name, *value(variable)?)));
    }
    text.push('\n');
    Ok(text)
}

/// Quotes at either end are stripped, all of them, and a comment begins behind white space.
fn value(variable: &Variable) -> Result<Text, Unfit> {
    variable.must_be_one_line()?;
    variable.must_not_hold(&[('"', "a double quote")])?;
    if variable.value.starts_with('\'') || variable.value.ends_with('\'') {
        return Err(variable.unfit("a quote at its end"));
    }
    let begins_comment = |pair: &[char]| pair[0].is_whitespace() && matches!(pair[1], ';' | '#');
    if variable.value.chars().collect::<Vec<_>>().windows(2).any(begins_comment) {
        return Err(variable.unfit("a ; or # behind a space"));
    }
    Ok(doubled(&variable.value, &['%']))
}
