//! How a job of a forge gets to the stores of an environment.

use keybaton_stores::StoreUrl;

use crate::recipes::Home;

/// The ways to every store that a step of a rotation writes.
#[derive(Debug)]
pub(crate) struct Reach {
    ways: Vec<Way>,
    /// The first store that is on one machine, which is none of the forge's.
    pub(crate) out_of_reach: Option<String>,
    /// The region that a URL of AWS names.
    pub(crate) region: Option<String>,
}

/// How somebody signs in who is not on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// An identity of the job's own, which the cloud trusts.
    Aws,
    Google,
    Azure,
    Vault,
    /// A kubeconfig.
    Cluster,
    /// A token in this variable.
    Token(&'static str),
    /// It is on one machine.
    Nowhere,
}

impl Reach {
    pub(super) fn of(home: &Home) -> Self {
        let stores: Vec<&StoreUrl> = home.rings.iter().map(|ring| &ring.store).chain(&home.mirrors).collect();
        let mut ways: Vec<Way> = Vec::new();
        for way in stores.iter().map(|store| way(store.scheme())) {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        let far = stores.iter().find(|store| way(store.scheme()) == Way::Nowhere);
        let regions = stores.iter().filter(|store| way(store.scheme()) == Way::Aws);
        Self {
            out_of_reach: far.map(ToString::to_string),
            region: regions.filter_map(|store| region(store.rest())).next(),
            ways,
        }
    }

    pub(crate) fn leads(&self, way: Way) -> bool {
        self.ways.contains(&way)
    }

    /// Whether a job proves who it is with a token of its forge.
    pub(crate) fn has_identity(&self) -> bool {
        [Way::Aws, Way::Google, Way::Azure, Way::Vault].into_iter().any(|way| self.leads(way))
    }

    /// The variables that hold tokens.
    pub(crate) fn tokens(&self) -> Vec<&'static str> {
        let token = |way: &Way| match way {
            Way::Token(variable) => Some(*variable),
            _ => None,
        };
        self.ways.iter().filter_map(token).collect()
    }
}

/// What is not known here cannot be signed in to.
fn way(scheme: &str) -> Way {
    WAYS.iter().find(|(known, _)| *known == scheme).map_or(Way::Nowhere, |(_, way)| *way)
}

/// Only what is a region: the file that it goes into is read by a forge.
fn region(rest: &str) -> Option<String> {
    let (_, parameters) = rest.split_once('?')?;
    let region = parameters.split('&').find_map(|parameter| parameter.strip_prefix("region="))?;
    region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then(|| region.to_owned())
}

const WAYS: &[(&str, Way)] = &[
    ("dotenv", Way::Nowhere),
    ("dir", Way::Nowhere),
    ("file", Way::Nowhere),
    ("env", Way::Nowhere),
    ("systemd", Way::Nowhere),
    ("keychain", Way::Nowhere),
    ("awssm", Way::Aws),
    ("awsps", Way::Aws),
    ("gcsm", Way::Google),
    ("akv", Way::Azure),
    ("vault", Way::Vault),
    ("k8s", Way::Cluster),
    ("heroku", Way::Token("HEROKU_API_KEY")),
    ("gitlab", Way::Token("GITLAB_TOKEN")),
    ("gha", Way::Token("GH_TOKEN")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_every_store_is_known() {
        let unknown = keybaton_stores::STORES
            .iter()
            .filter(|kind| !WAYS.iter().any(|(known, _)| *known == kind.scheme));
        assert_eq!(unknown.map(|kind| kind.scheme).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn a_region_is_taken_from_the_url_and_nothing_else() {
        assert_eq!(region("//shop/django?profile=x&region=eu-west-1").as_deref(), Some("eu-west-1"));
        assert_eq!(region("//shop/django?region=${{x}}"), None);
        assert_eq!(region("//shop/django"), None);
    }
}
