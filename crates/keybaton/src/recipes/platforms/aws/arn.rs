//! What a ring is called where rights are given: Amazon Resource Names.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::recipes::platforms::cloud::{Place, must_be_in};
use crate::recipes::{Facts, Ring};

/// The account and the region in which all of it is.
pub(super) struct Account<'a> {
    pub(super) number: &'a str,
    pub(super) region: &'a str,
    key: &'a str,
}

/// What the rights to rings are rights to.
#[derive(Default)]
pub(super) struct Held {
    /// Secrets of Secrets Manager.
    pub(super) secrets: Vec<String>,
    /// Parameters of Parameter Store, three for each ring.
    pub(super) values: Vec<String>,
    /// The parameters beside them by which a writer keeps others out.
    pub(super) claims: Vec<String>,
}

impl<'a> Account<'a> {
    pub(super) fn of(facts: &'a Facts) -> Result<Self, Failure> {
        must_be_in(&facts.home.rings, &["awssm", "awsps"], "AWS")?;
        let place = Place::of(&facts.home.main().store)?;
        let (said_region, said_number) = match parts(place.name) {
            Some([region, number, _]) => (Some(region), Some(number)),
            None => (place.get("region"), None),
        };
        let hint = "`aws sts get-caller-identity --query Account --output text` prints it";
        let number = said_number.map_or_else(|| facts.answers.needed("account", hint), Ok)?;
        let region = said_region.unwrap_or_else(|| facts.answers.get("region"));
        if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(
                Failure::new(Exit::Usage, "--set account=… is not the number of an account").hint(hint)
            );
        }
        Ok(Self { number, region, key: facts.answers.get("kms") })
    }

    /// The part of AWS's cloud, which has its own names.
    pub(super) fn partition(&self) -> &'static str {
        match self.region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The account's own registry of images.
    pub(super) fn registry(&self) -> String {
        let end = if self.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("{}.dkr.ecr.{}.{end}", self.number, self.region)
    }

    /// The user's own key that the store is under; empty where it is AWS's.
    pub(super) fn key(&self) -> String {
        if self.key.is_empty() {
            String::new()
        } else {
            self.arn("kms", self.region, &format!("key/{}", self.key))
        }
    }

    pub(super) fn held(&self, rings: &[Ring]) -> Result<Held, Failure> {
        let mut held = Held::default();
        for ring in rings {
            let place = Place::of(&ring.store)?;
            if ring.store.scheme() == "awssm" {
                held.secrets.extend(self.secrets(&place));
            } else {
                held.values.extend(names(ring).map(|name| self.parameter(&place, &name)));
                held.claims.push(self.parameter(&place, &format!(".keybaton/{}", ring.name)));
            }
        }
        held.secrets.sort();
        held.secrets.dedup();
        Ok(held)
    }

    /// What ECS sets, and from where; never a number of a version, for a rotation adds versions.
    pub(super) fn values(&self, rings: &[Ring]) -> Result<Vec<(String, String)>, Failure> {
        let mut values = Vec::new();
        for ring in rings {
            let place = Place::of(&ring.store)?;
            let is_secret = ring.store.scheme() == "awssm";
            if is_secret && parts(place.name).is_none() {
                return Err(no_arn(&place));
            }
            values.extend(names(ring).map(|name| {
                // The label is said: the reader may read nothing else.
                let member = format!("{}:{name}:AWSCURRENT:", place.name);
                let from = if is_secret { member } else { self.parameter(&place, &name) };
                (name, from)
            }));
        }
        Ok(values)
    }

    fn secrets(&self, place: &Place<'_>) -> Vec<String> {
        if parts(place.name).is_some() {
            return vec![place.name.to_owned()];
        }
        let region = place.get("region").unwrap_or(self.region);
        // AWS puts a hyphen and six characters behind the name.
        place
            .secrets()
            .iter()
            .map(|name| self.arn("secretsmanager", region, &format!("secret:{name}-??????")))
            .collect()
    }

    fn parameter(&self, place: &Place<'_>, name: &str) -> String {
        let region = place.get("region").unwrap_or(self.region);
        self.arn("ssm", region, &format!("parameter{}/{name}", place.name.trim_end_matches('/')))
    }

    fn arn(&self, service: &str, region: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{}:{resource}", self.partition(), self.number)
    }
}

impl Held {
    /// The services that may use the key, as KMS names them.
    pub(super) fn services(&self, account: &Account<'_>) -> Vec<String> {
        let each = [("secretsmanager", &self.secrets), ("ssm", &self.values)];
        let used = each.into_iter().filter(|(_, held)| !held.is_empty());
        used.map(|(service, _)| format!("{service}.{}.amazonaws.com", account.region)).collect()
    }

    /// What a writer does with the key, besides decrypting.
    pub(super) fn encrypts(&self) -> Vec<String> {
        let each = [("kms:GenerateDataKey", &self.secrets), ("kms:Encrypt", &self.values)];
        let used = each.into_iter().filter(|(_, held)| !held.is_empty());
        ["kms:Decrypt"].into_iter().chain(used.map(|(action, _)| action)).map(str::to_owned).collect()
    }
}

fn names(ring: &Ring) -> impl Iterator<Item = String> {
    [ring.name.as_str().to_owned(), ring.name.fallbacks(), ring.name.record()].into_iter()
}

/// Region, account and name of a secret that is named by its ARN.
fn parts(name: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = name.splitn(7, ':').collect();
    match parts[..] {
        ["arn", _, "secretsmanager", region, account, "secret", name] => Some([region, account, name]),
        _ => None,
    }
}

fn no_arn(place: &Place<'_>) -> Failure {
    let sentence =
        "ECS reads one member of a secret by the secret's ARN alone, and keybaton.toml has its name";
    Failure::new(Exit::Configuration, sentence).hint(format!(
        "write awssm:// and what `aws secretsmanager describe-secret --secret-id {} --query ARN --output text` prints",
        place.name
    ))
}
