//! What a process owes a program that runs under it.

use std::process::Command;

use rustix::process::Signal;

use crate::ground::{Ground, PROGRAM, Running};

/// Prints each signal that comes, and ends with the last one.
const TRAPPING: &str = "
for name in INT HUP QUIT USR1 USR2 WINCH; do trap \"echo $name\" $name; done
trap 'exit 7' TERM
echo ready
while :; do sleep 0.05; done
";

#[test]
fn signals_are_passed_on_and_the_code_is_given_back() {
    let ground = Ground::new();
    let mut running = ground.watch(&["bash", "-c", TRAPPING]);
    assert_eq!(running.says(), "ready");
    let signals = [Signal::INT, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2, Signal::WINCH];
    for (signal, name) in signals.into_iter().zip(["INT", "HUP", "QUIT", "USR1", "USR2", "WINCH"]) {
        running.send(signal);
        assert_eq!(running.says(), name);
    }
    running.send(Signal::TERM);
    assert_eq!(running.ends().code(), Some(7));
    assert!(running.rest().is_empty());
}

#[test]
fn the_codes_are_the_programs_own() {
    let ground = Ground::new();
    let code = |program: &[&str]| ground.watch(program).ends().code();
    assert_eq!(code(&["true"]), Some(0));
    assert_eq!(code(&["sh", "-c", "exit 42"]), Some(42));
    assert_eq!(code(&["sh", "-c", "kill -KILL $$"]), Some(137));
    assert_eq!(code(&["sh", "-c", "kill -TERM $$"]), Some(143));
    assert_eq!(code(&["./settings.py"]), Some(126));
    assert_eq!(code(&["no-such-program"]), Some(127));
    assert!(ground.folders().is_empty());
}

/// Types Ctrl-C on a terminal whose foreground keybaton and the program are.
const TERMINAL: &str = "
import os, pty, sys, time
pid, terminal = pty.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
while b'ready' not in seen:
    seen += os.read(terminal, 1000)
os.write(terminal, b'\\x03')
time.sleep(1)
os.kill(pid, 15)
try:
    while more := os.read(terminal, 1000): seen += more
except OSError: pass
print(seen.count(b'INT'))
";

/// Takes each signal at once: of two that come while nobody looks, a shell would see one.
const WAITING: &str = "
import signal
signals = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
print('ready')
while (came := signal.sigwaitinfo(signals)).si_signo == signal.SIGINT:
    print('INT from', came.si_pid)
";

#[test]
fn ctrl_c_reaches_the_program_once() {
    let ground = Ground::new();
    let words = ["python3", "-c", TERMINAL];
    let mut running = Running::start(ground.command(&words, &["python3", "-u", "-c", WAITING]));
    assert_eq!(running.says(), "1");
    assert!(running.ends().success());
}

#[test]
#[cfg(target_os = "linux")]
fn what_nohup_wants_to_be_ignored_is_ignored() {
    let ground = Ground::new();
    let mut running = Running::start(
        ground
            .command(&["nohup"], &["sh", "-c", "grep SigIgn /proc/self/status; echo ready; sleep 1; exit 5"]),
    );
    let ignored = running.says();
    assert!(ignored.ends_with('1'), "{ignored}");
    assert_eq!(running.says(), "ready");
    running.send(Signal::HUP);
    assert_eq!(running.ends().code(), Some(5));
}

#[test]
fn a_look_must_not_come_more_often_than_once_a_second() {
    let words = ["run", "--watch", "--every", "0s", "--", "true"];
    let output = Command::new(PROGRAM).args(words).output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(
        talk.starts_with("error: invalid value '0s' for '--every <TIME>': the shortest is 1s\n"),
        "{talk}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn keybaton_sleeps_while_nothing_happens() {
    let ground = Ground::new();
    let running = ground.watch_sleeper();
    std::thread::sleep(std::time::Duration::from_secs(1));
    let used = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", running.pid())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = used();
    std::thread::sleep(std::time::Duration::from_secs(5));
    // Hundredths of a second, of which five looks of a program without optimization take a few.
    assert!(used() - before < 10, "{} in 5 s", used() - before);
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.pid())).unwrap();
    let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap().trim();
    assert!(own.trim_end_matches(" kB").parse::<u64>().unwrap() < 6000, "{own}");
}
