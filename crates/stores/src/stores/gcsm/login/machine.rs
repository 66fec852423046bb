//! The metadata server of Google's machines, which knows whose they are.

use reqwest::Method;

use crate::remote::Call;
use crate::remote::line::{Trouble, When};

use super::inquiry::{Inquiry, unreachable};
use super::token::Token;
use super::{signing_in, variable};

/// The token of the account that the machine has. Elsewhere there is no such server, or another one answers.
pub(super) async fn token(inquiry: &Inquiry<'_>) -> Result<Token, Trouble> {
    let host = variable(inquiry.environment, "GCE_METADATA_HOST").unwrap_or_else(|| USUAL.to_owned());
    let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
    let call = Call::new(Method::GET, url).header("metadata-flavor", "Google");
    let answer = match inquiry.carry(&call).await {
        Err(Trouble { when: When::Sent, why }) => {
            return Err(unreachable(&host, &format!("does not answer: {why}")));
        }
        Err(_) => return Err(nobody()),
        Ok(answer) => answer,
    };
    match answer.status {
        200 => inquiry.token_in(&answer.json()).map_err(|_| nobody()),
        404 => Err(signing_in("this machine has no service account")),
        status @ (429 | 500..) => Err(unreachable(&host, &format!("is busy (HTTP {status})"))),
        status @ 400.. => Err(signing_in(format!("{} are not accepted (HTTP {status})", inquiry.whose))),
        _ => Err(nobody()),
    }
}

fn nobody() -> Trouble {
    signing_in("there are no credentials here, and this is no machine of Google's")
}

const USUAL: &str = "metadata.google.internal";
