//! The programs that serve a Django project, and how each is started.

/// A program that serves.
#[derive(Debug)]
pub(crate) struct Server {
    /// As it is typed, and as requirements name it.
    pub(crate) name: &'static str,
    /// Whether it calls `wsgi.py` or `asgi.py`.
    pub(crate) interface: Interface,
    /// Its words for an address such as `0.0.0.0:8000`.
    address: fn(&str) -> Vec<String>,
    /// Its words for a socket that somebody else opened, as systemd does: it is file descriptor 3.
    descriptor: &'static [&'static str],
    /// Its words before the application.
    module: &'static [&'static str],
    /// Whether it tells systemd when it is ready.
    pub(crate) notifies: bool,
    /// Whether it finishes the requests that are under way when it is told to stop.
    pub(crate) finishes: bool,
}

/// What a server calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interface {
    Wsgi,
    Asgi,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listen<'a> {
    Address(&'a str),
    /// A socket that is open already.
    Descriptor,
}

/// The one that is meant where a project names several comes first; the first of all where it names none.
pub(crate) const SERVERS: &[Server] = &[
    Server {
        name: "gunicorn",
        interface: Interface::Wsgi,
        address: |address| words(&["--bind", address]),
        // It takes what systemd hands over by itself.
        descriptor: &[],
        module: &[],
        notifies: true,
        finishes: true,
    },
    Server {
        name: "uvicorn",
        interface: Interface::Asgi,
        address: |address| host_and_port(["--host", "--port"], address),
        descriptor: &["--fd", "3"],
        module: &[],
        notifies: false,
        finishes: true,
    },
    Server {
        name: "daphne",
        interface: Interface::Asgi,
        address: |address| host_and_port(["--bind", "--port"], address),
        descriptor: &["--fd", "3"],
        module: &[],
        notifies: false,
        finishes: false,
    },
    Server {
        name: "hypercorn",
        interface: Interface::Asgi,
        address: |address| words(&["--bind", address]),
        // In a process of its own it would be left behind by the one that systemd waits for.
        descriptor: &["--workers", "0", "--bind", "fd://3"],
        module: &[],
        notifies: false,
        finishes: true,
    },
    Server {
        name: "uwsgi",
        interface: Interface::Wsgi,
        // By itself it takes TERM for "start anew", and breaks off what is under way.
        address: |address| words(&["--master", "--die-on-term", "--http-socket", address]),
        descriptor: &[
            "--master",
            "--hook-master-start",
            "unix_signal:15 gracefully_kill_them_all",
            "--http-socket",
            "fd://3",
        ],
        module: &["--module"],
        notifies: true,
        finishes: true,
    },
];

impl Server {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SERVERS.iter().find(|server| server.name == name)
    }

    /// The command that serves `module`, such as `shop.wsgi`.
    pub(crate) fn command(&self, listen: Listen<'_>, module: &str) -> Vec<String> {
        let application = match (self.interface, self.module) {
            (Interface::Asgi, _) | (_, ["--module"]) => format!("{module}:application"),
            (Interface::Wsgi, _) => module.to_owned(),
        };
        let listen = match listen {
            Listen::Address(address) => (self.address)(address),
            Listen::Descriptor => words(self.descriptor),
        };
        [vec![self.name.to_owned()], listen, words(self.module), vec![application]].concat()
    }
}

fn host_and_port(flags: [&str; 2], address: &str) -> Vec<String> {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "8000"));
    words(&[flags[0], host, flags[1], port])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn each_server_is_started_in_its_own_words() {
        let line = |server: &Server, listen| {
            let module = if server.interface == Interface::Wsgi { "shop.wsgi" } else { "shop.asgi" };
            server.command(listen, module).join(" ")
        };
        let lines = SERVERS.iter().flat_map(|server| {
            [line(server, Listen::Address("0.0.0.0:8000")), line(server, Listen::Descriptor)]
        });
        assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
        gunicorn --bind 0.0.0.0:8000 shop.wsgi
        gunicorn shop.wsgi
        uvicorn --host 0.0.0.0 --port 8000 shop.asgi:application
        uvicorn --fd 3 shop.asgi:application
        daphne --bind 0.0.0.0 --port 8000 shop.asgi:application
        daphne --fd 3 shop.asgi:application
        hypercorn --bind 0.0.0.0:8000 shop.asgi:application
        hypercorn --workers 0 --bind fd://3 shop.asgi:application
        uwsgi --master --die-on-term --http-socket 0.0.0.0:8000 --module shop.wsgi:application
        uwsgi --master --hook-master-start unix_signal:15 gracefully_kill_them_all --http-socket fd://3 --module shop.wsgi:application
        ");
    }
}
