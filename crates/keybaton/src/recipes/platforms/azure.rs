//! Managed identities, a container app and a job that rotates, for Azure.

use minijinja::{Value, context};

use super::cloud::{self, Place, must_be_in};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::answers::Kind;
use crate::recipes::servers::Listen;
use crate::recipes::template::fill;
use crate::recipes::{Answers, Ask, Django, Facts, Made, Proposal, Recipe, Ring, Variant};

pub(super) const RECIPE: Recipe = Recipe {
    target: "azure",
    summary: "managed identities with the least rights, Container Apps or App Service, and a job that rotates",
    variants: &[
        Variant { name: "containerapp", summary: "a container app that reads the store itself" },
        Variant { name: "keyvaulturl", summary: "one whose variables come from the vault by reference" },
        Variant { name: "appservice", summary: "an app of App Service whose settings are references" },
    ],
    asks: ASKS,
    proposal: Some(proposal),
    make,
};

const ASKS: &[Ask] = &[
    Ask { name: "subscription", what: "the id of your subscription", usual: "", kind: Kind::Label },
    Ask { name: "group", what: "the resource group", usual: "NAME", kind: Kind::Word },
    Ask { name: "location", what: "where it runs", usual: "westeurope", kind: Kind::Label },
    Ask {
        name: "vault",
        what: "the key vault, if the store does not say it",
        usual: "NAME-vault",
        kind: Kind::Label,
    },
    Ask { name: "environment", what: "the environment of Container Apps", usual: "NAME", kind: Kind::Label },
    Ask { name: "app", what: "the app", usual: "NAME", kind: Kind::Label },
    Ask {
        name: "image",
        what: "the image of the site",
        usual: "NAME.azurecr.io/web:latest",
        kind: Kind::Word,
    },
    Ask { name: "age", what: "how old a key may be", usual: "90d", kind: Kind::Span },
];

fn proposal(django: &Django, variant: &'static str, answers: &Answers, _: &str) -> Result<Proposal, Failure> {
    let layout = if variant == "containerapp" { "" } else { "?layout=separate" };
    let follows = follows(django, variant);
    Ok(Proposal {
        store: format!("akv://{}/{}-django{layout}", answers.get("vault"), django.name),
        propagation: Some(if follows { "2m" } else { "40m" }),
        after_write: restart(django, variant),
        more: vec![],
    })
}

/// What restarts the site; nothing where its processes take over what changes.
fn restart(django: &Django, variant: &str) -> Vec<Vec<String>> {
    if follows(django, variant) {
        return vec![];
    }
    vec![["python3", "deploy/azure/renew.py"].map(str::to_owned).to_vec()]
}

/// Whether processes take over what changes, so that nothing is to be restarted.
fn follows(django: &Django, variant: &str) -> bool {
    variant == "containerapp" && django.reports
}

fn make(facts: &Facts) -> Result<Made, Failure> {
    facts.answers.needed("subscription", "`az account show --query id --output tsv` prints it")?;
    must_be_in(&facts.home.rings, &["akv"], "Azure")?;
    let gaps = gaps(facts)?;
    let file =
        |made: Made, name: &str, what, template| made.file(path(name), what, fill(template, gaps.clone()));
    let made =
        file(Made::default(), "rotator.json", "the role that rotates", include_str!("azure/rotator.json"));
    let made = file(made, "roles.sh", "makes identities and roles", include_str!("azure/roles.sh"));
    let made = if follows(&facts.django, facts.variant) {
        made
    } else {
        let made = file(
            made,
            "restarter.json",
            "the role that restarts the site",
            include_str!("azure/restarter.json"),
        );
        file(made, "renew.py", "restarts it after each step", include_str!("azure/renew.py"))
    };
    let made = if facts.variant == "appservice" {
        file(made, "settings.json", "the settings of the site", include_str!("azure/settings.json"))
    } else {
        file(made, "app.yaml", "the site", include_str!("azure/app.yaml"))
    };
    let made = facts.home.rings.iter().fold(made, |made, ring| {
        let end = end(facts, ring);
        let gaps = context! { ring => ring.name.to_string(), ..gaps.clone() };
        made.file(
            path(&format!("job{end}.yaml")),
            "the job that rotates",
            fill(include_str!("azure/job.yaml"), gaps),
        )
    });
    let made = file(made, "apply.sh", "makes all of it", include_str!("azure/apply.sh"));
    Ok(steps(made, facts))
}

fn gaps(facts: &Facts) -> Result<Value, Failure> {
    let said = |name| facts.answers.get(name);
    let follows = follows(&facts.django, facts.variant);
    let server = facts.django.server.command(Listen::Address("0.0.0.0:8000"), &facts.django.application());
    let command = if facts.variant == "containerapp" { cloud::start(facts, server) } else { server };
    let group = format!("/subscriptions/{}/resourceGroups/{}", said("subscription"), said("group"));
    let jobs: Vec<String> = facts.home.rings.iter().map(|ring| end(facts, ring)).collect();
    let image = image(facts);
    Ok(context! {
        name => facts.django.name.as_str(), group_id => group.as_str(), secrets => secrets(facts, &group)?, values => values(facts)?,
        command, jobs, restarts => !follows, variant => facts.variant, settings => facts.django.settings.as_str(), apart => facts.django.settings_unlike_managed(),
        age => said("age"), key_environment => facts.home.environment.as_str(), subscription => said("subscription"),
        group => said("group"), location => said("location"), environment => said("environment"), app => said("app"), image => image.as_str(), registry => registry(&image),
    })
}

/// Registries have letters and digits alone in their names.
fn image(facts: &Facts) -> String {
    let own = || format!("{}.azurecr.io/web:latest", facts.django.name.replace('-', ""));
    facts.answers.said("image").map_or_else(own, str::to_owned)
}

/// The registry of Azure's that an image lies in, and its host: an identity has to be let in there.
fn registry(image: &str) -> Option<(&str, &str)> {
    let (host, _) = image.split_once('/')?;
    let (name, cloud) = host.split_once('.')?;
    cloud.starts_with("azurecr.").then_some((name, host))
}

/// The vault and the secret that a URL names.
fn vault<'a>(place: &Place<'a>, ring: &Ring) -> Result<(&'a str, &'a str), Failure> {
    let no_secret = || {
        let sentence = format!("the store of {} names no vault and secret", ring.name);
        Failure::new(Exit::Configuration, sentence).hint("write akv://VAULT/SECRET in keybaton.toml")
    };
    place.name.split_once('/').ok_or_else(no_secret)
}

/// The secrets of all rings, as the scopes of roles.
fn secrets(facts: &Facts, group: &str) -> Result<Vec<String>, Failure> {
    let mut scopes = Vec::new();
    for ring in &facts.home.rings {
        let place = Place::of(&ring.store)?;
        let (host, _) = vault(&place, ring)?;
        let vault = host.split('.').next().unwrap_or(host);
        for secret in place.secrets() {
            let name = secret.rsplit('/').next().unwrap_or_default();
            let scope = format!("{group}/providers/Microsoft.KeyVault/vaults/{vault}/secrets/{name}");
            scopes.extend((!scopes.contains(&scope)).then_some(scope));
        }
    }
    Ok(scopes)
}

/// The variables that the platform sets: their names, those of the secrets, and the addresses without a version.
fn values(facts: &Facts) -> Result<Vec<(String, String, String)>, Failure> {
    if facts.variant == "containerapp" {
        return Ok(vec![]);
    }
    let mut values = Vec::new();
    for ring in &facts.home.rings {
        let place = Place::of(&ring.store)?;
        let (host, _) = vault(&place, ring)?;
        if place.get("layout") != Some("separate") {
            return Err(not_whole(ring));
        }
        let host = match place.get("suffix") {
            Some(suffix) => format!("{host}.{suffix}"),
            None if host.contains('.') => host.to_owned(),
            None => format!("{host}.vault.azure.net"),
        };
        let names = [ring.name.as_str().to_owned(), ring.name.fallbacks(), ring.name.record()];
        values.extend(names.into_iter().zip(place.secrets()).map(|(name, secret)| {
            let secret = secret.rsplit('/').next().unwrap_or_default().to_owned();
            let address = format!("https://{host}/secrets/{secret}");
            (name, secret, address)
        }));
    }
    Ok(values)
}

/// What the job of a ring has behind its name: nothing for the main one.
fn end(facts: &Facts, ring: &Ring) -> String {
    if ring.name == facts.home.main().name {
        return String::new();
    }
    format!("-{}", ring.name.as_str().to_ascii_lowercase().replace('_', "-"))
}

fn steps(made: Made, facts: &Facts) -> Made {
    let made =
        cloud::first_keys(cloud::after_write(made, facts, restart(&facts.django, facts.variant)), facts)
            .step("Make the identities and their roles:")
            .command("sh deploy/azure/roles.sh");
    let made = if facts.variant == "appservice" {
        made.step("Then give the app its settings, and make the job:")
    } else {
        made.step("app.yaml is the whole app: add what yours has besides, such as its other variables. Then:")
    };
    made.command("sh deploy/azure/apply.sh")
}

fn path(name: &str) -> String {
    format!("deploy/azure/{name}")
}

fn not_whole(ring: &Ring) -> Failure {
    let sentence = format!("Azure sets a variable to a whole secret, and {} is a member of one", ring.name);
    Failure::new(Exit::Configuration, sentence).hint(
        "write ?layout=separate behind the store in keybaton.toml, or let the site read it itself: the variant containerapp",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_of_azures_is_known_by_its_host() {
        assert_eq!(registry("shop.azurecr.io/web:latest"), Some(("shop", "shop.azurecr.io")));
        assert_eq!(registry("shop.azurecr.cn/a/web@sha256:0"), Some(("shop", "shop.azurecr.cn")));
        assert_eq!(registry("ghcr.io/acme/shop.azurecr.io/web"), None);
        assert_eq!(registry("shop"), None);
    }
}
