//! Is the key of this project handled well?

mod fix;
mod told;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use keybaton_audit::{Finding, Report, Severity, Unexamined};
use keybaton_core::RingName;

use crate::annotations::Annotations;
use crate::commands::World;
use crate::configuration::{Configuration, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::known::{Known, Reach};
use crate::print::{Print, Style};
use fix::{Fixed, Fixes};
use told::told;

/// Look for weak, leaked and misplaced keys in a project
///
/// Reads Python sources, .env files, deploy files (units, compose files, Dockerfiles, manifests, charts, workflows, pipelines, Procfile,
/// Terraform, Ansible) and the configured stores of files; runs nothing and shows no key
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  keybaton check                 The folder you are in
  keybaton check shop deploy     These two
  keybaton check --remote        Compare with all stores
  keybaton check --json          For programs; exit code 1 says that something was found
  keybaton check --fix --dry-run What could be changed without harm
  keybaton check --fix           Change it, then look again
  keybaton check --format github In a workflow: each finding beside its line of the pull request

A comment `# keybaton: ignore[rule]` on a line, or alone above it, silences that rule there")]
pub(crate) struct Check {
    /// Files and folders to look at
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Read the other configured stores too: is the same key in use elsewhere?
    #[arg(long)]
    remote: bool,
    /// Change what is safe to change, and show it; a person does the rest
    #[arg(long)]
    fix: bool,
    /// With --fix: show the changes and make none
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t, hide_default_value = true)]
    format: Format,
    /// Print one JSON object, as --format json does
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// Workflow commands of GitHub Actions
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
}

/// What was seen, and how far.
struct Looked {
    report: Report,
    /// The rings on a network that nobody wanted to be read.
    unasked: Vec<String>,
    rings: usize,
}

impl Check {
    pub(crate) fn carry_out(&self, world: &World<'_>) -> Result<Exit, Failure> {
        let here = std::env::current_dir().map_err(|error| {
            Failure::new(Exit::Configuration, "cannot tell the working folder").because(error)
        })?;
        let paths: Vec<PathBuf> =
            self.paths.iter().map(|path| looked_at(&here, path)).collect::<Result<_, _>>()?;
        let configuration = match Configuration::find(&here)? {
            None => Configuration::below(&here)?,
            found => found,
        };
        let mut looked = self.look(world, &here, &paths, configuration.as_ref())?;
        let fixed = if self.fix { self.fix(world.print, &looked.report, &paths)? } else { Fixed::default() };
        if fixed.is_any {
            looked = self.look(world, &here, &paths, configuration.as_ref())?;
        }
        let file = configuration.as_ref().map(|known| known.source.path());
        let annotations = Annotations::of(&looked.report, &here, file);
        self.tell(world.print, &looked, &annotations, fixed.told)?;
        let found = notes(&looked.report) != looked.report.findings.len();
        Ok(fixed.failed.unwrap_or(if found { Exit::Findings } else { Exit::Done }))
    }

    fn look(
        &self,
        world: &World<'_>,
        here: &Path,
        paths: &[PathBuf],
        configuration: Option<&Configuration>,
    ) -> Result<Looked, Failure> {
        let Known { rings, mut unread, unasked, .. } = self.known(world, here, configuration)?;
        let names: Vec<RingName> = configuration.into_iter().flat_map(Configuration::ring_names).collect();
        let count = rings.len();
        let mut report = keybaton_audit::check(here, paths, &names, rings);
        report.unexamined.append(&mut unread);
        Ok(Looked { report, unasked, rings: count })
    }

    fn tell(
        &self,
        print: &Print,
        Looked { report, unasked, rings }: &Looked,
        annotations: &Annotations<'_>,
        fixes: Option<Fixes>,
    ) -> Result<(), Failure> {
        let format = self.format();
        for (at, rule) in &report.unknown_rules {
            print.warning(&format!("{at}: there is no rule called {rule}"));
        }
        match format {
            Format::Json => return print.json(&told(report, unasked, *rings, fixes)),
            Format::Text => {
                report.findings.iter().try_for_each(|finding| print.result(&lines(print, finding)))?;
            }
            Format::Github => annotations.github().iter().try_for_each(|line| print.result(line))?,
            Format::Gitlab => print.json(&annotations.gitlab())?,
        }
        for Unexamined { what, why } in report.unexamined.iter().filter(|_| format != Format::Github) {
            print.warning(&format!("not looked at: {what}: {why}"));
        }
        if !unasked.is_empty() {
            print.note(&format!("not asked: {}; --remote reads them too", unasked.join(", ")));
        }
        match format {
            // Its standard output is the report.
            Format::Gitlab => print.note(&summary(report, *rings)),
            _ => print.result(&summary(report, *rings))?,
        }
        Ok(())
    }

    fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    /// The rings of the environment or store that the user names, else all that the configuration does.
    fn known(
        &self,
        world: &World<'_>,
        here: &Path,
        configuration: Option<&Configuration>,
    ) -> Result<Known, Failure> {
        let reach = if self.remote { Reach::Remote } else { Reach::Files };
        let wishes = Wishes::new(world.choices)?;
        match configuration {
            _ if wishes.store.is_some() || wishes.environment.is_some() => {
                let mut known = Known::within(reach);
                known.take(&Place::choose(&wishes, configuration, here)?);
                Ok(known)
            }
            Some(configuration) => Known::of(configuration, reach),
            None => Ok(Known::default()),
        }
    }
}

/// A path that was not found would be a check that passes by a slip of the pen.
fn looked_at(here: &Path, path: &Path) -> Result<PathBuf, Failure> {
    let whole = if path == Path::new(".") { here.to_owned() } else { here.join(path) };
    match whole.try_exists() {
        Ok(true) => Ok(whole),
        _ => Err(Failure::new(Exit::Usage, format!("there is no file or folder {}", path.display()))
            .hint("name files and folders that are there, or none for the folder you are in")),
    }
}

fn lines(print: &Print, finding: &Finding) -> String {
    let Finding { rule, severity, at, what, mend, .. } = finding;
    let ink = match severity {
        Severity::Error => Style::Red,
        Severity::Warning => Style::Yellow,
        Severity::Note => Style::Cyan,
    };
    let severity = print.paint(ink, &severity.to_string());
    let at = print.paint(Style::Bold, &at.to_string());
    format!("{at}: {severity}: {what} [{rule}]\n    mend: {mend}")
}

fn summary(report: &Report, rings: usize) -> String {
    let looked = format!("{} and {} looked at", counted(report.files, "file"), counted(rings, "ring"));
    let within = if report.unexamined.is_empty() { "" } else { " in what could be looked at" };
    let notes = notes(report);
    match (report.findings.len() - notes, notes) {
        (0, 0) => format!("nothing found{within}: {looked}"),
        (0, notes) => format!("nothing to mend{within}, {}: {looked}", counted(notes, "note")),
        (found, 0) => format!("{}: {looked}", counted(found, "finding")),
        (found, notes) => format!("{} and {}: {looked}", counted(found, "finding"), counted(notes, "note")),
    }
}

/// How many of the findings ask for nothing.
fn notes(report: &Report) -> usize {
    report.findings.iter().filter(|finding| finding.severity == Severity::Note).count()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
