//! What a path ends in, and the folders that it may begin with: `BASE_DIR / "conf" / ".env"` ends in `conf/.env`.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// A path, as far as the source gives it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// What it is below: one of these, or nothing where the text is the whole path.
    folders: BTreeSet<Folder>,
    /// Below a folder it is empty, or may begin with `/`.
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Folder {
    /// Exactly this, told from where the source file is.
    At(PathBuf),
    /// One of the project's own, or so many levels above it.
    Own { above: usize },
}

impl Ending {
    pub(super) fn literal(text: &str) -> Self {
        Self { folders: BTreeSet::new(), text: text.to_owned() }
    }

    /// `__file__`
    pub(super) fn file(path: &Path) -> Self {
        Self::below(Folder::At(path.to_owned()))
    }

    /// The nearest .env, which is read where none is named.
    pub(super) fn nearest() -> Self {
        Self { text: ".env".to_owned(), ..Self::own() }
    }

    /// A folder whose name nothing here explains. Only what everybody calls a folder of the project is believed to be one.
    pub(super) fn believed(name: &str) -> Option<Self> {
        FOLDERS.contains(&name.to_ascii_uppercase().as_str()).then(Self::own)
    }

    /// What is one of several: they have to end in the same.
    pub(super) fn one_of(all: Vec<Option<Self>>) -> Option<Self> {
        let mut all = all.into_iter();
        let first = all.next()??;
        all.try_fold(first, |mut one, other| {
            let other = other?;
            let is_same = one.text == other.text && one.folders.is_empty() == other.folders.is_empty();
            one.folders.extend(other.folders);
            is_same.then_some(one)
        })
    }

    fn own() -> Self {
        Self::below(Folder::Own { above: 0 })
    }

    fn below(folder: Folder) -> Self {
        Self { folders: BTreeSet::from([folder]), text: String::new() }
    }

    /// `self / other`.
    pub(super) fn join(self, other: Self) -> Self {
        let begins_here = self.folders.is_empty() && matches!(self.text.as_str(), "" | ".");
        if begins_here || !other.folders.is_empty() || other.text.starts_with('/') {
            return other;
        }
        Self { text: format!("{}/{}", self.text.trim_end_matches('/'), other.text), ..self }
    }

    /// `self + other`: the name of the folder must be over before the text begins.
    pub(super) fn append(self, other: Self) -> Option<Self> {
        match (self.text.is_empty(), self.folders.is_empty()) {
            (true, true) => Some(other),
            _ if !other.folders.is_empty() => None,
            (true, false) if !other.text.is_empty() && !other.text.starts_with('/') => None,
            _ => Some(Self { text: self.text + &other.text, ..self }),
        }
    }

    /// The folder that it is in. None above the root.
    pub(super) fn parent(self) -> Option<Self> {
        if !self.text.is_empty() || self.folders.is_empty() {
            let end = self.text.rfind('/').unwrap_or(0);
            return Some(Self { text: self.text[..end].to_owned(), ..self });
        }
        let folders = self.folders.into_iter().map(Folder::parent).collect::<Option<_>>()?;
        Some(Self { folders, ..self })
    }

    /// The path from the root on. What begins nowhere begins in the folder that programs are started in.
    pub(super) fn absolute(self) -> Self {
        if !self.folders.is_empty() || self.text.starts_with('/') {
            return self;
        }
        let text = self.text.strip_prefix("./").unwrap_or(&self.text);
        Self { text: if text == "." { String::new() } else { text.to_owned() }, ..Self::own() }
    }

    /// The same without symbolic links.
    pub(super) fn resolved(self) -> Self {
        let path = self.absolute();
        if !path.text.is_empty() {
            return path;
        }
        Self { folders: path.folders.into_iter().map(Folder::resolved).collect(), ..path }
    }

    /// Whether it is more than a folder.
    pub(super) fn is_named(&self) -> bool {
        !self.text.trim_matches('/').is_empty()
    }

    /// Where exactly it is, if the project's own folder is `project`.
    pub(super) fn exactly(&self, project: &Path) -> Vec<PathBuf> {
        self.paths(|folder| match folder {
            Some(Folder::At(path)) => path.clone(),
            Some(Folder::Own { above }) => up(project, *above),
            None => project.to_owned(),
        })
    }

    /// Where it would be, if `folder` were what it is below.
    pub(super) fn under(&self, folder: &Path) -> Vec<PathBuf> {
        self.paths(|below| match below {
            Some(Folder::Own { above }) => up(folder, *above),
            Some(Folder::At(_)) | None => folder.to_owned(),
        })
    }

    /// The whole path stands in the source, from the root on.
    pub(super) fn is_written_out(&self) -> bool {
        self.folders.is_empty() && self.text.starts_with('/')
    }

    fn paths(&self, folder: impl Fn(Option<&Folder>) -> PathBuf) -> Vec<PathBuf> {
        if self.folders.is_empty() {
            return vec![short(&folder(None).join(&self.text))];
        }
        let end = self.text.trim_start_matches('/');
        self.folders.iter().map(|below| short(&folder(Some(below)).join(end))).collect()
    }
}

impl Folder {
    fn parent(self) -> Option<Self> {
        match self {
            Self::At(path) => path.parent().map(|parent| Self::At(parent.to_owned())),
            Self::Own { above } => Some(Self::Own { above: above + 1 }),
        }
    }

    fn resolved(self) -> Self {
        match self {
            Self::At(path) => Self::At(path.canonicalize().unwrap_or(path)),
            own @ Self::Own { .. } => own,
        }
    }
}

fn up(folder: &Path, levels: usize) -> PathBuf {
    folder.ancestors().nth(levels).unwrap_or_else(|| Path::new("/")).to_owned()
}

/// The path without `..`, as far as it leads to the same place: not where a symbolic link is left that way.
fn short(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(short.pop()),
            other => short.push(other),
        }
    }
    let is_same = short.canonicalize().ok() == path.canonicalize().ok();
    if is_same { short } else { path.to_owned() }
}

/// What projects call their own folders.
const FOLDERS: [&str; 9] = [
    "BASE_DIR",
    "BASE_PATH",
    "ROOT_DIR",
    "ROOT_PATH",
    "PROJECT_DIR",
    "PROJECT_PATH",
    "PROJECT_ROOT",
    "SITE_ROOT",
    "APPS_DIR",
];
