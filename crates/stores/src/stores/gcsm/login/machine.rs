//! The metadata server of Google's machines, which knows whose they are.

use reqwest::Method;

use crate::remote::Call;
use crate::remote::giver;
use crate::remote::line::{Trouble, When};

use super::inquiry::Inquiry;
use super::token::Token;
use super::{signing_in, variable};

/// The token of the account that the machine has. Elsewhere there is no such server, or another one answers.
pub(super) async fn token(inquiry: &Inquiry<'_>) -> Result<Token, Trouble> {
    let host = variable(inquiry.environment, "GCE_METADATA_HOST").unwrap_or_else(|| USUAL.to_owned());
    let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
    let call = Call::new(Method::GET, url).header("metadata-flavor", "Google");
    let outcome = inquiry.carry(&call).await;
    if matches!(&outcome, Err(trouble) if trouble.when == When::Connecting) {
        return Err(nobody());
    }
    if let Some(trouble) = giver::trouble(&host, &outcome) {
        return Err(trouble);
    }
    let answer = outcome?;
    match answer.status {
        404 => Err(signing_in("this machine has no service account")),
        status @ 400.. => Err(signing_in(format!("{} are not accepted (HTTP {status})", inquiry.whose))),
        _ => inquiry.token_in(&answer.json()).map_err(|_| nobody()),
    }
}

fn nobody() -> Trouble {
    signing_in("there are no credentials here, and this is no machine of Google's")
}

const USUAL: &str = "metadata.google.internal";
