//! What the recipes for clouds have in common: stores as their URLs name them, and texts of JSON.

use keybaton_stores::StoreUrl;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::table::{self, Wanted};
use crate::recipes::{Facts, Made, Ring};

/// What stands behind the scheme of a URL: `//PLACE?NAME=VALUE`. All of it means itself in JSON, YAML and shells.
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Place<'a> {
    pub(super) fn of(url: &'a StoreUrl) -> Result<Self, Failure> {
        let rest = url.rest().strip_prefix("//").unwrap_or(url.rest());
        let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let all_fit = parameters.iter().all(|(_, value)| Kind::Word.fits(value));
        if Kind::Word.fits(name) && all_fit {
            return Ok(Self { name, parameters });
        }
        let sentence = format!("the {}: URL in keybaton.toml names nothing that is there", url.scheme());
        Err(Failure::new(Exit::Configuration, sentence)
            .hint(format!("write for example {}", url.kind().example)))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The secrets that hold a ring whose stores have one for all three texts, or one for each.
    pub(super) fn secrets(&self) -> Vec<String> {
        let ends: &[&str] =
            if self.get("layout") == Some("separate") { &["", "-fallbacks", "-ring"] } else { &[""] };
        ends.iter().map(|end| format!("{}{end}", self.name)).collect()
    }
}

/// That every ring is in a store of these, which the platform can read.
pub(super) fn must_be_in(rings: &[Ring], schemes: &[&str], platform: &str) -> Result<(), Failure> {
    let Some(ring) = rings.iter().find(|ring| !schemes.contains(&ring.store.scheme())) else { return Ok(()) };
    let sentence = format!(
        "{} lives in {}:, and this recipe is for stores of {platform}",
        ring.name,
        ring.store.scheme()
    );
    let wanted: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}:")).collect();
    let wanted = wanted.join(" or ");
    Err(Failure::new(Exit::Configuration, sentence).hint(format!(
        "name a store of {wanted} for the environment in keybaton.toml, or another environment with -e"
    )))
}

/// One text of JSON where there is one, else a list with a line for each.
pub(super) fn one_or_more(texts: &[String], indent: usize) -> String {
    match &quoted(texts)[..] {
        [one] => one.clone(),
        several => {
            let (outer, inner) = (" ".repeat(indent), " ".repeat(indent + 2));
            format!("[\n{inner}{}\n{outer}]", several.join(&format!(",\n{inner}")))
        }
    }
}

/// A list of JSON in one line.
pub(super) fn list(texts: &[String]) -> String {
    format!("[{}]", quoted(texts).join(", "))
}

fn quoted(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| serde_json::Value::from(text.as_str()).to_string()).collect()
}

/// What starts the site with its rings read from the store: where its processes take over what changes, keybaton stays and follows it.
pub(super) fn start(facts: &Facts, server: Vec<String>) -> Vec<String> {
    let run: &[&str] =
        if facts.django.reports { &["keybaton", "run", "--watch", "--"] } else { &["keybaton", "run", "--"] };
    run.iter().map(|word| (*word).to_owned()).chain(server).collect()
}

/// What restarts the site, where an environment that was configured before does not say it.
pub(super) fn after_write(made: Made, facts: &Facts, after_write: Vec<Vec<String>>) -> Made {
    table::needs(made, &facts.home, &Wanted { after_write, ..Wanted::default() })
}

/// How each ring comes into its store.
pub(super) fn first_keys(mut made: Made, facts: &Facts) -> Made {
    let (main, environment) = (facts.home.main(), &facts.home.environment);
    made = made.step("Make a key there:");
    for ring in &facts.home.rings {
        let which = if ring.name == main.name { String::new() } else { format!(" --ring {}", ring.name) };
        made = made.command(format!("keybaton init -e {environment}{which} --write"));
    }
    made.step("or, where the site runs already, bring its own key there, so that nobody is logged out:")
        .command(format!("keybaton copy --create dotenv:.env '{}' -e {environment}", main.store))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_would_break_out_of_its_place_is_refused() {
        for url in ["awssm://shop\"]", "awssm://shop/django?region=eu-west-1 x", "awssm://", "awssm://shop\n"]
        {
            let Ok(url) = StoreUrl::parse(url) else { continue };
            assert_eq!(Place::of(&url).err().unwrap().exit, Exit::Configuration);
        }
    }

    #[test]
    fn a_ring_may_have_one_secret_or_three() {
        let secrets = |url| Place::of(&StoreUrl::parse(url).unwrap()).unwrap().secrets();
        assert_eq!(secrets("awssm://shop/django?region=eu-west-1"), ["shop/django"]);
        let three = ["shop-django", "shop-django-fallbacks", "shop-django-ring"];
        assert_eq!(secrets("gcsm://my-project/shop-django?layout=separate").len(), 3);
        assert_eq!(secrets("awssm://shop-django?layout=separate"), three);
    }

    #[test]
    fn several_texts_are_a_list() {
        assert_eq!(one_or_more(&["a".to_owned()], 2), "\"a\"");
        assert_eq!(one_or_more(&["a".to_owned(), "b".to_owned()], 2), "[\n    \"a\",\n    \"b\"\n  ]");
    }
}
