//! Repeats and runs: what hands on a keyboard make, and random draws do not.

/// Whether the text is a shorter one over and over, or holds one character eight times in a row.
///
/// Eight, because a run of seven comes up once in some 300,000 random hexadecimal keys.
pub(super) fn repeats(text: &[char]) -> bool {
    is_periodic(text) || longest_run(text, |a, b| a == b) >= 8
}

/// Whether eight characters in a row are neighbours: `12345678`, `hgfedcba`, `qwertyui`.
pub(super) fn has_sequence(text: &[char]) -> bool {
    longest_run(text, |a, b| step(a, b) == Some(1)) >= 8
        || longest_run(text, |a, b| step(a, b) == Some(-1)) >= 8
        || longest_run(text, next_on_the_keyboard) >= 8
}

fn is_periodic(text: &[char]) -> bool {
    (1..=text.len() / 2)
        .any(|period| text[period..].iter().zip(text).all(|(later, earlier)| later == earlier))
}

fn longest_run(text: &[char], follows: impl Fn(char, char) -> bool) -> usize {
    let (mut longest, mut run) = (0, 1);
    for pair in text.windows(2) {
        run = if follows(pair[0], pair[1]) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

/// How far apart two letters, or two digits, stand; after `9` comes `0`.
fn step(a: char, b: char) -> Option<i64> {
    if !a.is_ascii_alphanumeric() || !b.is_ascii_alphanumeric() {
        return None;
    }
    match (a, b) {
        ('9', '0') => Some(1),
        ('0', '9') => Some(-1),
        _ => Some(i64::from(u32::from(b)) - i64::from(u32::from(a))),
    }
}

fn next_on_the_keyboard(a: char, b: char) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    ROWS.iter().any(|row| row.find(a).is_some_and(|at| row[at + 1..].starts_with(b)))
}

/// Rows of the keyboard, and the shifted digits.
const ROWS: [&str; 5] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "!@#$%^&*()_+"];
