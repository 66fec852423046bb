//! AWS Systems Manager Parameter Store: one parameter for each text.
//!
//! The service has no compare-and-swap, so a writer first claims: it creates one more parameter, which only one
//! can. Whoever holds the claim looks once more, writes one parameter after another in core's order, and
//! takes the claim away. A program that knows nothing of claims is seen by the versions that its writes use up.

use keybaton_core::{Field, RingName, SecretText, Texts, Writes};
use serde_json::json;

use crate::remote::aws::{self, Aws, Refusal, Service, no_empty_text};
use crate::remote::line::conflict;
use crate::remote::{Address, Deadline};
use crate::text::without_nul;
use crate::{
    Can, Guard, Held, Note, Settings, Store, StoreError, StoreErrorKind, StoreKind, StoreUrl, Version,
    Written,
};

mod claim;
mod put;
mod traits;
mod versions;

use claim::Claim;
use traits::{Tier, Traits};
use versions::Versions;

pub(super) const KIND: StoreKind = StoreKind {
    scheme: "awsps",
    summary: "AWS Systems Manager Parameter Store",
    example: "awsps:///shop/django?region=eu-west-1",
    can: Can { read_back: true, guard: Guard::Claim, atomic: false },
    guarded_by: "a claim beside the parameters, and their version numbers",
    creates: "three parameters of the standard tier, the keys as SecureString under the key aws/ssm",
    local: false,
    chosen_by: &aws::CHOSEN_BY,
    open,
};

static SERVICE: Service = Service {
    name: "ssm",
    title: "AWS Parameter Store",
    target: "AmazonSSM",
    id: "ssm",
    encrypts: "kms:Encrypt (kms:GenerateDataKey where a parameter is of the advanced tier)",
    is_dual_stack: false,
};

#[derive(Debug)]
struct ParameterStore {
    aws: Aws,
    path: String,
    ring: RingName,
    may_create: bool,
}

fn open(url: &StoreUrl, ring: &RingName, settings: &Settings<'_>) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::of(url, &[aws::REGION, aws::PROFILE])?;
    let path = address.place.trim_end_matches('/');
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|char| char.is_ascii_alphanumeric() || "_.-".contains(char))
    };
    if !path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_part)) {
        let hint =
            format!("write awsps:///PATH, for example {}; a path has letters, digits and /_.-", KIND.example);
        return Err(url.malformed("names no path of parameters", hint));
    }
    let aws = Aws::prepare(&SERVICE, (url, &address), address.get(aws::REGION), settings)?;
    let (path, ring, may_create) = (path.to_owned(), ring.clone(), settings.may_create);
    Ok(Box::new(ParameterStore { aws, path, ring, may_create }))
}

impl Store for ParameterStore {
    fn read(&self) -> Result<Held, StoreError> {
        let (texts, versions) = self.look(Deadline::begin())?;
        Ok(match versions.together() {
            Version::Absent => Held::Absent,
            version => Held::Texts(texts, version),
        })
    }

    fn write(&self, new: &Writes, over: &Version) -> Result<Written, StoreError> {
        let deadline = Deadline::begin();
        if *over == Version::Absent && !self.may_create {
            return Err(self.aws.line.not_made(KIND.creates));
        }
        let traits = self.traits(deadline)?;
        self.must_fit(new, &traits)?;
        let working = deadline.but_for_the_claim();
        let claim = Claim::take(self, working)?;
        let written = self.under_claim(new, over, &traits, working);
        let held_up = claim.release(deadline);
        let notes = held_up.into_iter().chain(self.expirations(&traits)).collect();
        written.map(|version| Written { version, notes })
    }
}

impl ParameterStore {
    /// All three in one call, as they stood at one moment.
    fn look(&self, deadline: Deadline) -> Result<(Texts, Versions), StoreError> {
        let names: Vec<String> = Field::ALL.map(|field| self.name_of(field)).into();
        let asked = json!({ "Names": names, "WithDecryption": true });
        let told =
            self.aws.ask("GetParameters", &asked, deadline)?.map_err(|refusal| self.refused(&refusal))?;
        let (mut texts, mut versions) = (Texts::default(), Versions::default());
        for field in Field::ALL {
            let name = self.name_of(field);
            let all = told.body["Parameters"].as_array().into_iter().flatten();
            let Some(found) = all.into_iter().find(|found| found["Name"] == *name) else { continue };
            let (Some(text), Some(version)) = (found["Value"].as_str(), found["Version"].as_u64()) else {
                continue;
            };
            texts.set(field, SecretText::new(text));
            versions.set(field, version);
        }
        Ok((without_nul(texts, |field| self.name_of(field))?, versions))
    }

    fn under_claim(
        &self,
        new: &Writes,
        over: &Version,
        traits: &Traits,
        deadline: Deadline,
    ) -> Result<Version, StoreError> {
        // Whoever held the claim before us may have written since.
        let (_, mut versions) = self.look(deadline)?;
        if versions.together() != *over {
            return Err(conflict(&self.aws.line.store));
        }
        self.must_be_described(&versions, traits)?;
        for (done, step) in new.steps.iter().enumerate() {
            let put = self.put(step.field, &step.text, versions.get(step.field), traits, deadline);
            let version = put.map_err(|error| if done == 0 { error } else { error.after_a_part() })?;
            versions.set(step.field, version);
        }
        Ok(versions.together())
    }

    /// What the parameters are like, apart from their values: a write has to say all of it again.
    fn traits(&self, deadline: Deadline) -> Result<Traits, StoreError> {
        let names: Vec<String> = Field::ALL.map(|field| self.name_of(field)).into();
        let filters = json!([{ "Key": "Name", "Option": "Equals", "Values": names }]);
        let mut asked = json!({ "ParameterFilters": filters, "MaxResults": PAGE });
        let mut traits = Traits::default();
        // AWS looks through an account page by page, and a page without any of ours is not the end.
        loop {
            let told = self.aws.ask("DescribeParameters", &asked, deadline)?;
            let body = told.map_err(|refusal| self.refused(&refusal))?.body;
            traits.add(&body, |field| self.name_of(field));
            match body["NextToken"].as_str() {
                Some(next) if !next.is_empty() => asked["NextToken"] = next.into(),
                _ => return Ok(traits),
            }
        }
    }

    /// AWS deletes what has a policy that says so.
    fn expirations<'a>(&self, traits: &'a Traits) -> impl Iterator<Item = Note> + use<'a, '_> {
        traits.expirations().map(|(field, when)| {
            let (store, name) = (&self.aws.line.store, self.name_of(field));
            Note(format!("{store}: a policy lets {name} expire at {when}, and AWS deletes it then"))
        })
    }

    /// A parameter that is not described to us would lose its key and its description.
    fn must_be_described(&self, versions: &Versions, traits: &Traits) -> Result<(), StoreError> {
        let unknown =
            Field::ALL.into_iter().find(|field| versions.get(*field).is_some() && !traits.know(*field));
        let Some(field) = unknown else { return Ok(()) };
        let sentence =
            format!("{}: AWS does not say what {} is like", self.aws.line.store, self.name_of(field));
        Err(StoreError::new(StoreErrorKind::Denied, sentence)
            .hint("the policy of your role has to allow ssm:DescribeParameters on *"))
    }

    fn must_fit(&self, new: &Writes, traits: &Traits) -> Result<(), StoreError> {
        if new.steps.iter().any(|step| step.text.expose().is_empty()) {
            return Err(no_empty_text(&self.aws.line.store));
        }
        let too_long =
            new.steps.iter().find(|step| step.text.expose().len() > traits.tier(step.field).limit());
        let Some(step) = too_long else { return Ok(()) };
        let (name, tier) = (self.name_of(step.field), traits.tier(step.field));
        let sentence =
            format!("{}: {name} would be larger than {} KiB", self.aws.line.store, tier.limit() / 1024);
        Err(StoreError::new(StoreErrorKind::TooLarge, sentence).hint(match tier {
            Tier::Standard => "make it a parameter of the advanced tier, which holds 8 KiB, or use awssm:",
            Tier::Advanced => "keep the ring in awssm:, which holds 64 KiB",
        }))
    }

    fn name_of(&self, field: Field) -> String {
        format!("{}/{}", self.path, self.ring.of(field))
    }

    fn refused(&self, refusal: &Refusal) -> StoreError {
        self.aws.line.refusal(&refusal.answer, self.reason(refusal))
    }

    fn reason(&self, refusal: &Refusal) -> StoreError {
        let store = &self.aws.line.store;
        match refusal.code.as_str() {
            "ParameterNotFound" => conflict(store),
            "ParameterMaxVersionLimitExceeded" => {
                let sentence =
                    format!("{store}: a parameter has a hundred versions, and the oldest has a label");
                StoreError::new(StoreErrorKind::Refused, sentence)
                    .hint("take the label off: aws ssm unlabel-parameter-version, or label another version")
            }
            "HierarchyLevelLimitExceededException" | "HierarchyTypeMismatchException" => {
                let sentence = format!("{store}: AWS takes no such path ({})", refusal.code);
                StoreError::new(StoreErrorKind::Malformed, sentence).hint("a path has at most fifteen levels")
            }
            _ => self.aws.reason(refusal),
        }
    }
}

/// As many as AWS gives at once.
const PAGE: u64 = 50;

/// What the claim needs of the store.
impl ParameterStore {
    /// One for each ring, so that whoever writes it next meets what a crash left behind.
    fn claim_name(&self) -> String {
        format!("{}/.keybaton/{}", self.path, self.ring)
    }
}
