//! Is the key of this project handled well?

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use keybaton_audit::{Finding, Report, Severity, Unexamined};
use keybaton_core::RingName;
use serde::Serialize;

use crate::annotations::Annotations;
use crate::commands::World;
use crate::configuration::{Configuration, Place, Wishes};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::known::{Known, Reach};
use crate::print::{Print, Style};

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
  keybaton check --format github In a workflow: each finding beside its line of the pull request

A comment `# keybaton: ignore[rule]` on a line, or alone above it, silences that rule there")]
pub(crate) struct Check {
    /// Files and folders to look at
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Read the other configured stores too: is the same key in use elsewhere?
    #[arg(long)]
    remote: bool,
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

#[derive(Serialize)]
struct Told<'a> {
    findings: Vec<Row<'a>>,
    unexamined: Vec<Gap<'a>>,
    unknown_rules: Vec<Unknown<'a>>,
    /// The rings on a network that nobody wanted to be read.
    unasked: &'a [String],
    files: usize,
    rings: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'static str,
    severity: String,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    ring: Option<String>,
    what: &'a str,
    mend: &'a str,
}

#[derive(Serialize)]
struct Gap<'a> {
    what: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct Unknown<'a> {
    at: String,
    rule: &'a str,
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
        let Known { rings, mut unread, unasked, .. } = self.known(world, &here, configuration.as_ref())?;
        let names: Vec<RingName> = configuration.iter().flat_map(Configuration::ring_names).collect();
        let count = rings.len();
        let mut report = keybaton_audit::check(&here, &paths, &names, rings);
        report.unexamined.append(&mut unread);
        let annotations =
            Annotations::of(&report, &here, configuration.as_ref().map(|known| known.source.path()));
        self.tell(world.print, &report, &annotations, &unasked, count)?;
        Ok(if notes(&report) == report.findings.len() { Exit::Done } else { Exit::Findings })
    }

    fn tell(
        &self,
        print: &Print,
        report: &Report,
        annotations: &Annotations<'_>,
        unasked: &[String],
        rings: usize,
    ) -> Result<(), Failure> {
        let format = if self.json { Format::Json } else { self.format };
        for (at, rule) in &report.unknown_rules {
            print.warning(&format!("{at}: there is no rule called {rule}"));
        }
        match format {
            Format::Json => return print.json(&told(report, unasked, rings)),
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
            Format::Gitlab => print.note(&summary(report, rings)),
            _ => print.result(&summary(report, rings))?,
        }
        Ok(())
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
    let Finding { rule, severity, at, what, mend } = finding;
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

fn told<'a>(report: &'a Report, unasked: &'a [String], rings: usize) -> Told<'a> {
    Told {
        findings: report.findings.iter().map(row).collect(),
        unexamined: report.unexamined.iter().map(|Unexamined { what, why }| Gap { what, why }).collect(),
        unknown_rules: report
            .unknown_rules
            .iter()
            .map(|(at, rule)| Unknown { at: at.to_string(), rule })
            .collect(),
        unasked,
        files: report.files,
        rings,
    }
}

fn row(finding: &Finding) -> Row<'_> {
    let file = finding.at.file();
    let place = finding.at.place();
    Row {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        file: file.map(|file| file.display().to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        ring: file.is_none().then(|| finding.at.to_string()),
        what: &finding.what,
        mend: &finding.mend,
    }
}
