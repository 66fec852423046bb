//! The programs that install what a lock file says.

/// One that writes a lock file, and installs just what stands there.
#[derive(Debug)]
pub(super) struct Manager {
    pub(super) name: &'static str,
    /// What it writes, and what it writes it from.
    pub(super) lock: &'static str,
    pub(super) list: &'static str,
    /// Its words that install all of it, for tests too.
    pub(super) install: &'static str,
    /// Its words that run a command which finds what was installed.
    pub(super) run: &'static str,
    /// Its words for an image: nothing that only tests need, into the environment that `VIRTUAL_ENV` names, and not the
    /// project itself, which is not there yet.
    pub(super) image: &'static str,
    /// Its words for the project itself, where it knows whether that is a package.
    pub(super) project: Option<&'static str>,
    /// How it is told of a project that it would not find by itself, before its words.
    pub(super) told: fn(&str) -> String,
}

/// The one whose lock file comes first is meant where a folder has several.
pub(super) const MANAGERS: [Manager; 3] = [
    Manager {
        name: "uv",
        lock: "uv.lock",
        list: "pyproject.toml",
        install: "sync --frozen",
        run: "run --frozen",
        image: "sync --active --frozen --no-cache --no-dev --no-python-downloads --no-install-workspace",
        project: Some("sync --active --frozen --no-cache --no-dev --no-python-downloads"),
        told: |place| format!("uv --project {place}"),
    },
    Manager {
        name: "poetry",
        lock: "poetry.lock",
        list: "pyproject.toml",
        install: "install --no-interaction",
        run: "run",
        image: "install --no-interaction --no-cache --only main --no-root",
        project: None,
        told: |place| format!("poetry --project {place}"),
    },
    Manager {
        name: "pipenv",
        lock: "Pipfile.lock",
        list: "Pipfile",
        install: "sync --dev",
        run: "run",
        image: "sync",
        project: None,
        told: |place| format!("PIPENV_PIPFILE={place}/Pipfile pipenv"),
    },
];

impl Manager {
    /// Whether it takes this text, nearer to a command than its lock file, for the project that is meant.
    pub(super) fn stops_at(&self, list: &str) -> bool {
        // A member of a workspace leads uv to the lock file of the whole.
        self.name != "uv" || !list.contains("[project]")
    }
}
