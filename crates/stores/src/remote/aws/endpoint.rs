//! Where a service is: at an address that somebody names, or at its usual one in each part of AWS's cloud.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use reqwest::Url;

use super::Service;
use crate::remote::line::{Trouble, When};

/// The address without a slash at its end.
pub(super) fn of(config: &SdkConfig, service: &Service, region: &str) -> Result<String, Trouble> {
    let wanted = Wanted {
        fips: config.use_fips().unwrap_or_default(),
        dual_stack: config.use_dual_stack().unwrap_or_default(),
    };
    let Some(named) = configured(config, service) else { return Ok(usual(service, region, wanted)) };
    if host(&named).is_none() {
        return Err(nowhere(
            "the address that is named for it is no URL",
            "mend AWS_ENDPOINT_URL, or endpoint_url in ~/.aws/config",
        ));
    }
    // As AWS's own programs do: nobody knows whether that address is of such a kind.
    if wanted.fips || wanted.dual_stack {
        return Err(nowhere(
            "an address is named for it, and an address for FIPS or IPv6 is wanted",
            "take away AWS_ENDPOINT_URL, or AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT; they may stand in ~/.aws/config too",
        ));
    }
    Ok(named.trim_end_matches('/').to_owned())
}

/// The host of an address, for people: what else stands there may be a secret.
pub(super) fn host(endpoint: &str) -> Option<String> {
    let url = Url::parse(endpoint).ok().filter(|url| ["http", "https"].contains(&url.scheme()))?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}{port}", url.host_str()?))
}

fn nowhere(why: &str, hint: &'static str) -> Trouble {
    Trouble { when: When::Nowhere(hint), why: why.to_owned() }
}

/// What AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT, or a profile, ask for.
#[derive(Clone, Copy)]
struct Wanted {
    fips: bool,
    dual_stack: bool,
}

/// An address that the environment or the profile names, for this service or for all, in the order of AWS's own
/// programs, unless they say that such addresses are to be ignored.
fn configured(config: &SdkConfig, service: &Service) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config.service_config()?.load_config(key).filter(|endpoint| !endpoint.is_empty())
}

/// As AWS's endpoint rules have it for the two services.
fn usual(service: &Service, region: &str, wanted: Wanted) -> String {
    let Part { domain, dual_stack, is_public, .. } =
        PARTS.iter().find(|part| region.starts_with(part.regions)).unwrap_or(&COMMERCIAL);
    // In the United States' government's regions, all of Parameter Store is.
    let is_fips_anyway = service.name == "ssm" && region.starts_with("us-gov-") && !wanted.dual_stack;
    let fips = if wanted.fips && !is_fips_anyway { "-fips" } else { "" };
    let domain = match wanted.dual_stack {
        true if !(*is_public && service.is_dual_stack) => dual_stack,
        _ => domain,
    };
    format!("https://{}{fips}.{region}.{domain}", service.name)
}

/// A part of AWS's cloud that has its own domains.
struct Part {
    /// What the names of its regions begin with.
    regions: &'static str,
    domain: &'static str,
    /// The domain of what is reached by IPv6 too.
    dual_stack: &'static str,
    is_public: bool,
}

const COMMERCIAL: Part =
    Part { regions: "", domain: "amazonaws.com", dual_stack: "api.aws", is_public: true };

const PARTS: [Part; 6] = [
    Part {
        regions: "cn-",
        domain: "amazonaws.com.cn",
        dual_stack: "api.amazonwebservices.com.cn",
        is_public: true,
    },
    private("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    private("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    private("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    private("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    private("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
];

const fn private(regions: &'static str, domain: &'static str, dual_stack: &'static str) -> Part {
    Part { regions, domain, dual_stack, is_public: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: Service =
        Service { name: "ssm", title: "", target: "", id: "", encrypts: "", is_dual_stack: false };
    const SECRETS: Service = Service { name: "secretsmanager", is_dual_stack: true, ..PARAMETERS };

    fn at(service: &Service, region: &str, fips: bool, dual_stack: bool) -> String {
        usual(service, region, Wanted { fips, dual_stack }).replace("https://", "")
    }

    /// As botocore has them: usual, for FIPS, for IPv6, for both.
    #[test]
    fn a_service_has_an_address_of_each_kind() {
        for (service, region, wanted) in [
            (
                &PARAMETERS,
                "eu-west-1",
                [
                    "ssm.eu-west-1.amazonaws.com",
                    "ssm-fips.eu-west-1.amazonaws.com",
                    "ssm.eu-west-1.api.aws",
                    "ssm-fips.eu-west-1.api.aws",
                ],
            ),
            (
                &SECRETS,
                "eu-west-1",
                [
                    "secretsmanager.eu-west-1.amazonaws.com",
                    "secretsmanager-fips.eu-west-1.amazonaws.com",
                    "secretsmanager.eu-west-1.amazonaws.com",
                    "secretsmanager-fips.eu-west-1.amazonaws.com",
                ],
            ),
            (
                &PARAMETERS,
                "us-gov-west-1",
                [
                    "ssm.us-gov-west-1.amazonaws.com",
                    "ssm.us-gov-west-1.amazonaws.com",
                    "ssm.us-gov-west-1.api.aws",
                    "ssm-fips.us-gov-west-1.api.aws",
                ],
            ),
            (
                &SECRETS,
                "us-gov-west-1",
                [
                    "secretsmanager.us-gov-west-1.amazonaws.com",
                    "secretsmanager-fips.us-gov-west-1.amazonaws.com",
                    "secretsmanager.us-gov-west-1.amazonaws.com",
                    "secretsmanager-fips.us-gov-west-1.amazonaws.com",
                ],
            ),
            (
                &PARAMETERS,
                "eusc-de-east-1",
                [
                    "ssm.eusc-de-east-1.amazonaws.eu",
                    "ssm-fips.eusc-de-east-1.amazonaws.eu",
                    "ssm.eusc-de-east-1.api.amazonwebservices.eu",
                    "ssm-fips.eusc-de-east-1.api.amazonwebservices.eu",
                ],
            ),
            (
                &SECRETS,
                "eusc-de-east-1",
                [
                    "secretsmanager.eusc-de-east-1.amazonaws.eu",
                    "secretsmanager-fips.eusc-de-east-1.amazonaws.eu",
                    "secretsmanager.eusc-de-east-1.api.amazonwebservices.eu",
                    "secretsmanager-fips.eusc-de-east-1.api.amazonwebservices.eu",
                ],
            ),
        ] {
            let kinds = [(false, false), (true, false), (false, true), (true, true)];
            assert_eq!(kinds.map(|(fips, dual_stack)| at(service, region, fips, dual_stack)), wanted);
        }
    }

    #[test]
    fn each_part_of_the_cloud_has_its_own_domains() {
        for (region, usual, dual_stack) in [
            ("cn-north-1", "ssm.cn-north-1.amazonaws.com.cn", "ssm.cn-north-1.api.amazonwebservices.com.cn"),
            ("us-iso-east-1", "ssm.us-iso-east-1.c2s.ic.gov", "ssm.us-iso-east-1.api.aws.ic.gov"),
            ("us-isob-east-1", "ssm.us-isob-east-1.sc2s.sgov.gov", "ssm.us-isob-east-1.api.aws.scloud"),
            (
                "eu-isoe-west-1",
                "ssm.eu-isoe-west-1.cloud.adc-e.uk",
                "ssm.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
            ),
            (
                "us-isof-south-1",
                "ssm.us-isof-south-1.csp.hci.ic.gov",
                "ssm.us-isof-south-1.api.aws.hci.ic.gov",
            ),
        ] {
            assert_eq!(at(&PARAMETERS, region, false, false), usual);
            assert_eq!(at(&PARAMETERS, region, false, true), dual_stack);
        }
    }

    #[test]
    fn of_an_address_people_see_the_host_alone() {
        assert_eq!(host("https://made:up@vpce-1.example:8443/x?y=z").as_deref(), Some("vpce-1.example:8443"));
        assert_eq!(host("http://[::1]/").as_deref(), Some("[::1]"));
        for none in ["", "vpce-1.example", "ftp://vpce-1.example", "localhost:4566"] {
            assert_eq!(host(none), None, "{none}");
        }
    }
}
