//! Where a ring lies outside of the cluster, in the words of what fetches it from there.

use super::OF_PROJECT;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::{Answers, Ring};

/// A ring in a store outside.
pub(super) struct Remote<'r> {
    ring: &'r Ring,
    pub(super) scheme: &'static str,
    /// What stands before the parameters.
    place: &'r str,
    parameters: &'r str,
}

/// One of its texts.
pub(super) struct Part {
    /// The name of its file.
    pub(super) file: String,
    pub(super) key: String,
    /// Its member of a value that is a JSON object.
    pub(super) property: Option<String>,
}

impl<'r> Remote<'r> {
    /// Refuses what no operator and no driver reads.
    pub(super) fn of(ring: &'r Ring) -> Result<Self, Failure> {
        let rest = ring.store.rest().trim_start_matches("//");
        // `awsps:///shop/django`: the path begins with a slash.
        let rest = if ring.store.scheme() == "awsps" { &ring.store.rest()[2..] } else { rest };
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        match ring.store.scheme() {
            _ if !rest.chars().all(is_plain) => Err(odd(ring)),
            "akv" | "awsps" | "awssm" | "gcsm" | "vault" => {
                Ok(Self { ring, scheme: ring.store.scheme(), place, parameters })
            }
            _ => Err(Failure::new(
                Exit::Configuration,
                format!("{} lives in {}, which nothing brings into a cluster", ring.name, ring.store),
            )
            .hint("the variants external-secrets and csi are for awssm, awsps, gcsm, akv and vault; without --variant the ring lives in a Kubernetes Secret")),
        }
    }

    /// The signing key, the fallbacks, the record.
    pub(super) fn parts(&self) -> [Part; 3] {
        let name = &self.ring.name;
        let texts = [name.as_str().to_owned(), name.fallbacks(), name.record()];
        let ends = ["", "-fallbacks", "-ring"].into_iter();
        let mut ends = ends.map(|end| format!("{}{end}", self.name()));
        texts.map(|file| {
            let separate = ends.next().unwrap_or_default();
            let (key, property) = match self.scheme {
                "awsps" => (format!("{}/{file}", self.place), None),
                _ if self.is_separate() => (separate, None),
                _ => (self.name().to_owned(), Some(file.clone())),
            };
            Part { file, key, property }
        })
    }

    /// The secret, without the project, vault or mount that it is in.
    fn name(&self) -> &str {
        match self.scheme {
            "awssm" | "awsps" => self.place,
            _ => self.place.split_once('/').map_or(self.place, |(_, name)| name),
        }
    }

    /// The project, vault or mount.
    fn around(&self) -> &str {
        self.place.split('/').next().unwrap_or_default()
    }

    fn is_separate(&self) -> bool {
        self.parameter("layout") == Some("separate")
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The provider of the Secrets Store CSI driver, its parameters, and what of this ring its list of objects has.
    pub(super) fn driven(&self, answers: &Answers) -> Result<Driven, Failure> {
        let said = |name| Some(answers.get(name)).filter(|value| *value != OF_PROJECT);
        if matches!(self.scheme, "akv" | "gcsm") && !self.is_separate() {
            return Err(self.whole());
        }
        let parts = self.parts();
        let each = |line: fn(&Self, &Part) -> String| parts.iter().map(|part| line(self, part)).collect();
        Ok(match self.scheme {
            "gcsm" => Driven::new("gcp", "secrets", &[], each(Self::google)),
            "akv" => {
                let tenant = said("tenant").ok_or_else(no_tenant)?;
                let mut given = vec![("keyvaultName", self.around()), ("tenantId", tenant)];
                given.extend(said("identity").map(|client| ("clientID", client)));
                Driven::new("azure", "objects", &given, each(Self::azure))
            }
            "vault" => {
                let role = said("identity").unwrap_or(answers.get("secret"));
                let given = [("vaultAddress", answers.get("server")), ("roleName", role)];
                Driven::new("vault", "objects", &given, each(Self::vault))
            }
            _ => {
                let region: Vec<_> =
                    self.parameter("region").map(|region| ("region", region)).into_iter().collect();
                Driven::new("aws", "objects", &region, self.amazon(&parts))
            }
        })
    }

    fn google(&self, part: &Part) -> String {
        let place = match self.parameter("location") {
            Some(location) => format!("projects/{}/locations/{location}", self.around()),
            None => format!("projects/{}", self.around()),
        };
        format!("- resourceName: {place}/secrets/{}/versions/latest\n  path: {}\n", part.key, part.file)
    }

    #[expect(clippy::unused_self, reason = "one of several that are called alike")]
    fn azure(&self, part: &Part) -> String {
        format!("- |\n  objectName: {}\n  objectType: secret\n  objectAlias: {}\n", part.key, part.file)
    }

    fn vault(&self, part: &Part) -> String {
        let (mount, file) = (self.around(), &part.file);
        format!("- objectName: {file}\n  secretPath: {mount}/data/{}\n  secretKey: {file}\n", part.key)
    }

    fn amazon(&self, parts: &[Part; 3]) -> String {
        let kind = if self.scheme == "awsps" { "ssmparameter" } else { "secretsmanager" };
        let head = |key: &str| format!("- objectName: {key}\n  objectType: {kind}\n");
        if parts[0].property.is_none() {
            let each = parts.iter().map(|part| format!("{}  objectAlias: {}\n", head(&part.key), part.file));
            return each.collect();
        }
        let members =
            parts.iter().map(|Part { file, .. }| format!("  - path: {file}\n    objectAlias: {file}\n"));
        format!("{}  jmesPath:\n{}", head(self.name()), members.collect::<String>())
    }

    fn whole(&self) -> Failure {
        Failure::new(
            Exit::Configuration,
            format!(
                "the driver mounts whole values of {}, and {} holds the three texts in one",
                self.scheme, self.ring.store
            ),
        )
        .hint("keep them apart with layout=separate in the store's URL, or take --variant external-secrets")
    }
}

/// What a SecretProviderClass says.
pub(super) struct Driven {
    pub(super) provider: &'static str,
    /// The parameter that lists the objects.
    pub(super) list: &'static str,
    pub(super) given: Vec<(String, String)>,
    pub(super) objects: String,
}

impl Driven {
    fn new(provider: &'static str, list: &'static str, given: &[(&str, &str)], objects: String) -> Self {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { provider, list, given, objects }
    }
}

/// Means itself in YAML that stands in YAML.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/._-?=&%@+".contains(c)
}

fn odd(ring: &Ring) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("the address of {} has characters that the files for a cluster cannot hold", ring.name),
    )
    .hint("name the secret with letters, digits, / . _ and - alone")
}

fn no_tenant() -> Failure {
    Failure::new(Exit::Usage, "the driver wants to know the tenant of the key vault")
        .hint("say it: --set tenant=…, as `az account show --query tenantId` prints it")
}
