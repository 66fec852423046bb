//! A first `keybaton.toml`.

use keybaton_core::RingName;

/// The file's name.
pub(crate) const NAME: &str = "keybaton.toml";

/// What it says: one environment, on this machine.
pub(crate) fn text(ring: &RingName, store: &str) -> String {
    let named = if *ring == RingName::default() { String::new() } else { format!("ring = \"{ring}\"\n") };
    format!(
        "default-environment = \"dev\"
{named}
[environments.dev]
store = \"{store}\"
# How long a new key takes to reach each process. Here you restart the server yourself.
propagation = \"0s\"
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_is_named_where_it_is_not_the_usual_one() {
        let usual = text(&RingName::default(), "dotenv:.env");
        assert!(!usual.contains("ring ="));
        let other = text(&"DJANGO_SECRET_KEY".parse().unwrap(), "dotenv:.env");
        assert!(other.contains("ring = \"DJANGO_SECRET_KEY\"\n"));
    }
}
