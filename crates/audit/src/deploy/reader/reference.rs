//! Texts that are no key: something fills them later, or finds the key where they say that it lies.

/// Whether a text is filled before the program sees it, or names the key to a tool that fetches it.
pub(super) fn is_reference(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
        || is_name(text)
        || is_command(text)
        || is_mostly_filled(text)
        || is_address(text)
        || is_token(text)
}

/// `/run/secrets/secret_key`, `file:/etc/shop/key`: the path of a file, or of a parameter, that is called after the key.
pub(super) fn is_path(text: &str) -> bool {
    let path = text.strip_prefix("file:").unwrap_or(text);
    let path = path.strip_prefix("//").unwrap_or(path);
    let segments: Vec<&str> = path.strip_prefix('/').into_iter().flat_map(|path| path.split('/')).collect();
    let is_plain =
        |segment: &&str| !segment.is_empty() && segment.chars().all(|c| is_word(c) || "-.".contains(c));
    let names_a_key = |name: &&str| {
        name.split(['-', '_', '.']).any(|word| matches!(&*word.to_ascii_lowercase(), "key" | "secret"))
    };
    segments.len() > 1
        && segments.iter().all(is_plain)
        && (path.starts_with("/run/secrets/") || segments.last().is_some_and(names_a_key))
}

/// `op://vault/shop/SECRET_KEY`, `vault:secret/data/shop#SECRET_KEY`: where another program finds the key.
fn is_address(text: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
    };
    BEGINNINGS.iter().any(|begin| text.starts_with(begin))
        || text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
}

/// `__SECRET_KEY__`, `#{SECRET_KEY}#`, `!!!SET SECRET_KEY!!!`: what a step of the deployment replaces. `__CHANGE_ME__` is
/// for people.
fn is_token(text: &str) -> bool {
    let within = |(begin, end): &(&str, &str)| text.strip_prefix(begin)?.strip_suffix(end);
    TOKENS.iter().filter_map(within).any(|name| {
        let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let name = name.strip_prefix("SET ").unwrap_or(name);
        name.chars().all(is_upper) && (name.contains("SECRET") || name.contains("KEY"))
    })
}

/// `$SECRET_KEY`, and nothing around it: keys may hold a `$`.
fn is_name(text: &str) -> bool {
    let names =
        text.strip_prefix('$').or_else(|| text.strip_prefix("%").and_then(|name| name.strip_suffix('%')));
    names.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_word)
    })
}

/// `$(openssl rand -base64 48)` as a whole, whatever its words are: no key that Django draws has a space.
fn is_command(text: &str) -> bool {
    let within = |begin, end| text.strip_prefix(begin)?.strip_suffix(end);
    within("$(", ")").or_else(|| within("`", "`")).is_some_and(|command: &str| command.contains(' '))
}

/// `$(SECRET_KEY)` or `%(ENV_SECRET_KEY)s`, and little besides, or words of a script. One in fifty keys that Django draws
/// holds such a beginning, and some of them hold an end too.
fn is_mostly_filled(text: &str) -> bool {
    let (mut rest, mut left, mut is_filled) = (text, 0, false);
    while let Some(at) = rest.find(['$', '%']) {
        let length = filled(&rest[at..]);
        is_filled |= length > 0;
        left += at + usize::from(length == 0);
        rest = &rest[at + length.max(1)..];
    }
    is_filled && (left + rest.len() < SHORT || text.contains(char::is_whitespace))
}

/// How long `$(…)` or `%(NAME)s` at the beginning of a text is; 0 where none stands there.
fn filled(text: &str) -> usize {
    let (signs, end) = if text.starts_with('$') { (" -/.", ")") } else { ("", ")s") };
    let within = text.get(1..).and_then(|text| text.strip_prefix('(')).unwrap_or_default();
    let length = within.find(|c: char| !is_word(c) && !signs.contains(c)).unwrap_or(within.len());
    let is_one = within.starts_with(|c: char| c.is_ascii_alphabetic()) && within[length..].starts_with(end);
    if is_one { 2 + length + end.len() } else { 0 }
}

pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What no key holds that anybody draws.
const MARKS: [&str; 8] = ["{{", "${", "$[[", "<%", "<path:", "ENC[", "keyvault", "@Microsoft.KeyVault"];

const BEGINNINGS: [&str; 5] = ["vault:", "secretref:", "arn:", "ref+", "encrypted:"];

const TOKENS: [(&str, &str); 5] = [("__", "__"), ("@@", "@@"), ("#{", "}#"), ("#{", "}"), ("!!!", "!!!")];

/// Half of a key: what a reference leaves of one that was drawn is longer.
const SHORT: usize = 24;
