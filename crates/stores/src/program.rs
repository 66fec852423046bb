//! Programs of other makers: some sign in and print what they were given for it, one keeps secrets.

use std::fmt;
use std::io::{self, Read, Write};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// Runs a program to its end and gives what it printed. One that takes longer than the limit, or prints more than any token
/// is long, is killed. What else it has to say is for the user, and for nobody else.
#[cfg(any(test, feature = "gcsm", feature = "gha", feature = "k8s", feature = "vault"))]
pub(crate) fn printed_by(command: &mut Command, limit: Duration) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let mut running = Running::start(command.stderr(Stdio::inherit()), limit)?;
    let printed = running.printed(LONGEST)?;
    match running.status()? {
        status if status.success() => Ok(printed),
        status => Err(Failed::With(status)),
    }
}

/// Runs a program that reads a text and prints another, of so many bytes at most. What it complains of is heard too, where it
/// fails.
///
/// # Errors
/// It failed: why, and the last line of what it complained of.
pub fn answer_of(
    command: &mut Command,
    text: &[u8],
    limit: Duration,
    longest: u64,
) -> Result<Zeroizing<Vec<u8>>, (Failed, String)> {
    answer_unless(|| false, command, text, limit, longest)
}

/// The same, unless it is given up meanwhile: then the program is ended.
///
/// # Errors
/// It failed: why, and the last line of what it complained of.
pub fn answer_unless(
    given_up: fn() -> bool,
    command: &mut Command,
    text: &[u8],
    limit: Duration,
    longest: u64,
) -> Result<Zeroizing<Vec<u8>>, (Failed, String)> {
    let heard = command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::start(heard, limit).map_err(unheard)?;
    running.given_up = given_up;
    running.tell(text).map_err(unheard)?;
    let complaints = running.complaints().map_err(unheard)?;
    let printed = running.printed(longest).map_err(unheard)?;
    match running.status().map_err(unheard)? {
        status if status.success() => Ok(printed),
        status => Err((Failed::With(status), complaints.recv_timeout(running.left()).unwrap_or_default())),
    }
}

fn unheard(failed: Failed) -> (Failed, String) {
    (failed, String::new())
}

/// Why there is nothing that it printed.
#[derive(Debug)]
pub enum Failed {
    /// It could not be started.
    NotStarted(io::Error),
    /// It could not be listened to.
    Unheard(io::Error),
    /// It ended so.
    With(ExitStatus),
    /// It took longer than this, and was ended.
    TooSlow(Duration),
    /// It printed too much, and was ended.
    TooLong,
    /// Nobody waited for it any more, and it was ended.
    GivenUp,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(error) => write!(f, "could not be started: {error}"),
            Self::Unheard(error) => write!(f, "could not be listened to: {error}"),
            Self::With(status) => write!(f, "ended with {status}"),
            Self::TooSlow(limit) => {
                write!(f, "took longer than {} s and was ended: does it wait for an answer?", limit.as_secs())
            }
            Self::GivenUp => f.write_str("was ended before it answered"),
            Self::TooLong => write!(f, "printed more than any token is long, and was ended"),
        }
    }
}

/// A program that does not outlive our interest in it.
struct Running {
    child: Child,
    limit: Duration,
    end: Instant,
    given_up: fn() -> bool,
}

impl Running {
    fn start(command: &mut Command, limit: Duration) -> Result<Self, Failed> {
        let end = Instant::now() + limit;
        let child = command.stdout(Stdio::piped()).spawn().map_err(Failed::NotStarted)?;
        Ok(Self { child, limit, end, given_up: || false })
    }

    /// Gives it a text to read. One that does not read it keeps nobody waiting.
    fn tell(&mut self, text: &[u8]) -> Result<(), Failed> {
        let Some(mut input) = self.child.stdin.take() else { return Ok(()) };
        let text = Zeroizing::new(text.to_vec());
        // Whether it read all of it shows in its answer.
        let writer = thread::Builder::new().spawn(move || drop(input.write_all(&text)));
        writer.map(drop).map_err(Failed::Unheard)
    }

    fn complaints(&mut self) -> Result<Receiver<String>, Failed> {
        let (tell, told) = sync_channel(1);
        if let Some(stream) = self.child.stderr.take() {
            let reader = thread::Builder::new().spawn(move || drop(tell.send(complaint_in(stream))));
            reader.map_err(Failed::Unheard)?;
        }
        Ok(told)
    }

    fn printed(&mut self, longest: u64) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let Some(output) = self.child.stdout.take() else { return Ok(Zeroizing::default()) };
        let (tell, told) = sync_channel(1);
        // Whoever reads from a pipe cannot stop waiting, so it is not us who reads.
        let reader = thread::Builder::new().spawn(move || drop(tell.send(all_of(output, longest))));
        reader.map_err(Failed::Unheard)?;
        loop {
            match told.recv_timeout(self.left().min(LOOK_EVERY)) {
                Ok(printed) => return printed,
                Err(_) => self.must_go_on()?,
            }
        }
    }

    fn must_go_on(&self) -> Result<(), Failed> {
        if (self.given_up)() {
            return Err(Failed::GivenUp);
        }
        if self.left().is_zero() { Err(Failed::TooSlow(self.limit)) } else { Ok(()) }
    }

    fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// How it ended: some close their output and go on.
    fn status(&mut self) -> Result<ExitStatus, Failed> {
        loop {
            match self.child.try_wait().map_err(Failed::Unheard)? {
                Some(status) => return Ok(status),
                None => self.must_go_on()?,
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn all_of(output: impl Read, longest: u64) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let mut all = Zeroizing::new(Vec::new());
    output.take(longest + 1).read_to_end(&mut all).map_err(Failed::Unheard)?;
    if all.len() as u64 > longest { Err(Failed::TooLong) } else { Ok(all) }
}

/// The last line of what it complains of: what went before led to it. The rest of a flood is read, so that it goes on.
fn complaint_in(mut stream: ChildStderr) -> String {
    let mut heard = Vec::new();
    let _ = (&mut stream).take(LONGEST).read_to_end(&mut heard);
    let _ = io::copy(&mut stream, &mut io::sink());
    let text = String::from_utf8_lossy(&heard);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|char| !char.is_control()).take(LONGEST_COMPLAINT).collect()
}

/// In bytes; no token comes near.
pub(crate) const LONGEST: u64 = 1 << 20;
/// In characters.
const LONGEST_COMPLAINT: usize = 300;
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SOON: Duration = Duration::from_millis(300);
    const LATE: Duration = Duration::from_secs(30);

    fn shell(script: &str, limit: Duration) -> Result<String, String> {
        let printed = printed_by(Command::new("sh").args(["-c", script]).stdin(Stdio::null()), limit);
        printed.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).map_err(|failed| failed.to_string())
    }

    #[test]
    fn what_a_program_prints_is_heard_and_how_it_ends_is_told() {
        assert_eq!(shell("echo made-up", LATE), Ok("made-up\n".to_owned()));
        assert_eq!(shell("echo made-up; exit 3", LATE), Err("ended with exit status: 3".to_owned()));
        let not_started = printed_by(&mut Command::new("/no/such/program"), LATE).unwrap_err().to_string();
        assert_eq!(not_started, "could not be started: No such file or directory (os error 2)");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        // The second closes what we listen to; what the third started goes on listening in its place.
        for script in ["exec sleep 60", "exec sleep 60 >&-", "sleep 60 & wait"] {
            let began = Instant::now();
            let told = shell(&format!("echo $$ > {}; {script}", file.display()), SOON).unwrap_err();
            assert_eq!(told, "took longer than 0 s and was ended: does it wait for an answer?");
            assert!(began.elapsed() < LATE, "{script}");
            let pid = std::fs::read_to_string(&file).unwrap();
            assert!(!Path::new("/proc").join(pid.trim()).exists(), "{script}");
        }
    }

    #[test]
    fn a_program_that_prints_without_end_is_ended() {
        let told = shell("exec yes made-up", LATE).unwrap_err();
        assert_eq!(told, "printed more than any token is long, and was ended");
        assert_eq!(shell("head -c 1048576 /dev/zero", LATE).unwrap().len(), 1 << 20);
        assert!(shell("head -c 1048577 /dev/zero", LATE).is_err());
    }
}
