//! This machine, to which no proxy leads.

use std::net::IpAddr;
use std::sync::OnceLock;

use reqwest::{Client, Url};

use super::client::direct;

/// Whether a host is this machine.
pub(crate) fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse();
    address.map_or(host == "localhost", |address: IpAddr| address.is_loopback())
}

/// Whether an address leads to this machine, in clear: a proxy would read it, and find another machine there.
pub(crate) fn is_in_clear_to_here(url: &str) -> bool {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http");
    url.is_some_and(|url| is_here(url.host_str().unwrap_or_default()))
}

/// A client that heeds no proxy.
pub(crate) fn nearby(usual: &Client) -> &Client {
    static DIRECT: OnceLock<Option<Client>> = OnceLock::new();
    DIRECT.get_or_init(|| direct().ok()).as_ref().unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_on_this_machine_in_clear_is_sent_without_a_proxy() {
        for (url, is_so) in [
            ("http://127.0.0.1:8200/v1", true),
            ("http://[::1]/", true),
            ("http://localhost:1/", true),
            ("https://127.0.0.1/", false),
            ("http://10.0.0.1/", false),
            ("http://localhost.example/", false),
            ("", false),
        ] {
            assert_eq!(is_in_clear_to_here(url), is_so, "{url}");
        }
    }
}
