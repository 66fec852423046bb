//! The file in which programs keep what they log in with: .netrc.

/// The password for a machine that is named. That of `default` is meant for some other one.
pub(super) fn password<'a>(text: &'a str, machine: &str) -> Option<&'a str> {
    let mut words = words(text);
    let mut is_ours = false;
    let mut found = None;
    while let Some(word) = words.next() {
        match word {
            "machine" => is_ours = words.next() == Some(machine),
            "default" => is_ours = false,
            "login" | "account" => drop(words.next()),
            "password" => {
                let password = words.next();
                found = found.or(password.filter(|_| is_ours));
            }
            _ => {}
        }
    }
    found
}

/// Without comments and macros, which reach to the next empty line.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut is_macro = false;
    let lines = text.lines().filter(move |line| {
        is_macro = !line.trim().is_empty() && (is_macro || line.trim_start().starts_with("macdef"));
        !is_macro && !line.trim_start().starts_with('#')
    });
    lines.flat_map(str::split_ascii_whitespace).map(|word| word.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_that_of_the_machine_and_never_the_default_one() {
        let text = "# machine api.heroku.com password commented\n\
            machine git.heroku.com\n  login a@example.com\n  password other\n\
            macdef machine\n  machine api.heroku.com password macro\n\n\
            machine api.heroku.com login password password \"ours\"\nmachine api.heroku.com password second\n\
            default login x password rest\n";
        for (machine, wanted) in
            [("api.heroku.com", Some("ours")), ("git.heroku.com", Some("other")), ("api.example.com", None)]
        {
            assert_eq!(password(text, machine), wanted, "{machine}");
        }
        for text in ["", "machine api.heroku.com", "machine x password y", "machine api.heroku.com password"]
        {
            assert_eq!(password(text, "api.heroku.com"), None, "{text}");
        }
    }
}
