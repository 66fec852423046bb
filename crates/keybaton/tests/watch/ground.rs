//! A project with a ring in `.env`, and programs that run in it under `keybaton run --watch`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

pub(crate) struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    /// A settled ring.
    pub(crate) fn new() -> Self {
        let ground = Self::bare();
        assert!(ground.keybaton(&["init", "--adopt", "--no-input"]).status.success());
        ground
    }

    /// A key that nobody looks after yet.
    pub(crate) fn bare() -> Self {
        let ground = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(ground.path("run")).unwrap();
        fs::create_dir(ground.path(".git")).unwrap();
        ground.write("manage.py", "'DJANGO_SETTINGS_MODULE', 'settings'\n");
        ground
            .write("settings.py", "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n");
        ground.write("keybaton.toml", "[environments.dev]\nstore = \"dotenv:.env\"\npropagation = \"0s\"\n");
        ground.write(".env", &format!("GREETING=hello\nSECRET_KEY={KEY}\n"));
        ground
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Where the private folders are made.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path("run")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    pub(crate) fn keybaton(&self, words: &[&str]) -> Output {
        self.with(Command::new(PROGRAM)).args(words).output().unwrap()
    }

    /// `keybaton run --watch` of a program, which looks at the store once a second.
    pub(crate) fn watch(&self, program: &[&str]) -> Running {
        Running::start(self.command(&[], program))
    }

    /// The same of a program that does nothing, once that runs: what changes in the store from now on is a change.
    pub(crate) fn watch_sleeper(&self) -> Running {
        let running = self.watch(&["sh", "-c", "echo up; exec sleep 60"]);
        assert_eq!(running.says(), "up");
        running
    }

    /// The same behind another program that starts it.
    pub(crate) fn command(&self, before: &[&str], program: &[&str]) -> Command {
        // Whoever runs the tests in the background has them started with signals that are ignored.
        let first: &[&str] = &["env", "--default-signal=HUP,INT,QUIT"];
        let words = [first, before, &[PROGRAM, "run", "--watch", "--every", "1s", "--"], program].concat();
        let mut command = self.with(Command::new(words[0]));
        command.args(&words[1..]);
        command
    }

    /// The same with a Python program that has the package.
    pub(crate) fn watch_python(&self, program: &str) -> Running {
        self.watch(&["python3", "-u", "-c", program])
    }

    fn with(&self, mut command: Command) -> Command {
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("XDG_RUNTIME_DIR", self.path("run"));
        command.env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python"));
        for variable in ["KEYBATON_ENV", "KEYBATON_STORE", "KEYBATON_DIR", "SECRET_KEY"] {
            command.env_remove(variable);
        }
        command
    }
}

/// A keybaton with a program under it. It is killed where a test ends before it does.
pub(crate) struct Running {
    child: Child,
    said: Receiver<String>,
    talk: Receiver<String>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = lines_of::<ChildStdout>(child.stdout.take().unwrap());
        let talk = lines_of::<ChildStderr>(child.stderr.take().unwrap());
        Self { child, said, talk }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap()).unwrap()
    }

    pub(crate) fn send(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The next line that the program prints.
    pub(crate) fn says(&self) -> String {
        self.said.recv_timeout(PATIENCE).expect("the program says something")
    }

    /// What it has printed besides, until it ended.
    pub(crate) fn next(&self) -> Option<String> {
        self.said.recv_timeout(PATIENCE).ok()
    }

    /// The next line on standard error.
    pub(crate) fn warns(&self) -> String {
        self.talk.recv_timeout(PATIENCE).expect("keybaton says something")
    }

    /// What stands on standard error besides, until now.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.talk.try_iter().collect()
    }

    pub(crate) fn ends(&mut self) -> ExitStatus {
        let mut status = None;
        eventually(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            // The program ends with keybaton, which has to live for that.
            let _ = kill_process(self.pid(), Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

fn lines_of<T: std::io::Read + Send + 'static>(stream: T) -> Receiver<String> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let lines = BufReader::new(stream).lines().map_while(Result::ok);
        lines.map(|line| tell.send(line)).take_while(Result::is_ok).count()
    });
    told
}

pub(crate) fn eventually(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it does not come");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether tests may make namespaces. Only root can; somebody else must say that these tests shall be left out.
pub(crate) fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    let left_out = std::env::var_os("KEYBATON_TESTS_WITHOUT_ROOT").is_some();
    assert!(
        is_root || left_out,
        "run this test as root, or set KEYBATON_TESTS_WITHOUT_ROOT=1 to leave it out"
    );
    is_root
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_keybaton");
pub(crate) const KEY: &str = "made-up-key-that-is-long-enough-for-everybody-0001";
const PATIENCE: Duration = Duration::from_secs(60);
