//! Files with gaps, which stand beside the recipes that fill them.
//!
//! A gap is `«name»`, and `«% if … %»` stands alone on its line: neither is part of any format that is written here.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior};

/// The text of a file with its gaps filled. What goes into them has passed [`super::answers::Kind`], or is quoted by a filter:
/// `yaml`, `unit`, `shell`.
pub(crate) fn fill(template: &str, gaps: Value) -> String {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("yaml", |text: &str| quoted(text));
    environment.add_filter("unit", |text: &str| unit(text));
    environment.add_filter("shell", |text: &str| keybaton_core::shell::posix(text));
    environment.render_str(template, gaps).expect("a recipe fills the gaps of its own templates")
}

fn syntax() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax.variable_delimiters("«", "»").block_delimiters("«%", "%»").comment_delimiters("«#", "#»");
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    syntax.build().expect("the delimiters differ")
}

/// As YAML and JSON write a text; plain where it means itself.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// A word of a command in a unit: `%` begins a specifier there, `$` a variable.
pub(super) fn unit(text: &str) -> String {
    let text = text.replace('%', "%%").replace('$', "$$");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@+=,%$".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn gaps_are_filled_and_what_looks_like_one_elsewhere_stays() {
        let template =
            "a: «name»\n«% if wanted %»\nb: ${{ secrets.X }} {{ y }} $(z) <<EOF\n«% endif %»\nend\n";
        let filled = fill(template, context! { name => "shop", wanted => true });
        assert_eq!(filled, "a: shop\nb: ${{ secrets.X }} {{ y }} $(z) <<EOF\nend\n");
    }

    #[test]
    fn what_means_something_in_a_format_is_quoted() {
        assert_eq!(quoted("k8s://shop/django?a=b"), "\"k8s://shop/django?a=b\"");
        assert_eq!(quoted("shop"), "shop");
        assert_eq!(quoted("yes"), "\"yes\"");
        assert_eq!(unit("100% of \"it\""), "\"100%% of \\\"it\\\"\"");
        assert_eq!(unit("/srv/shop"), "/srv/shop");
    }
}
