"""A desktop's session without a screen: a bus of its own, and GNOME Keyring, whose keychain is unlocked or locked."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from stage import Stage
from unpacked import Bundle

PROGRAMS = Bundle(
    name="keychain",
    recipe=2,
    packages=[
        *["gnome-keyring", "libgck-1-0", "libgcr-base-3-1", "libp11-kit0", "libgcrypt20", "libcap-ng0"],
        *["libsecret-tools", "libsecret-1-0", "libglib2.0-0"],
        *["dbus-daemon", "dbus-bin", "libdbus-1-3", "libapparmor1"],
        "libnss-wrapper",
    ],
    programs=dict.fromkeys(["gnome-keyring-daemon", "secret-tool", "dbus-daemon", "dbus-send"], "usr/bin"),
)


class Session:
    def __init__(self, stage: Stage, name: str) -> None:
        """A session with its bus, on which nobody keeps secrets yet."""
        self._stage, self._name, self._folder = stage, name, stage.folder / f"session-{name}"
        self._folder.mkdir(mode=0o700)
        bus, configuration = self._folder / "bus", self._folder / "bus.conf"
        configuration.write_text(BUS.format(bus=bus))
        self.environment = {
            "HOME": str(self._folder),
            "XDG_DATA_HOME": str(self._folder / "data"),
            "XDG_RUNTIME_DIR": str(self._folder),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}",
            "PATH": os.pathsep.join([str(PROGRAMS.folder()), stage.environment.get("PATH", os.environ["PATH"])]),
        }
        self._start("dbus-daemon", ["--nofork", "--nosyslog", f"--config-file={configuration}"], bus)

    def keep_secrets(self) -> None:
        """Logs the user in: makes the keychain called login, and unlocks it."""
        # It comes on the standard input, as PAM gives it.
        password = self._folder / "password"
        password.write_text(PASSWORD)
        words = ["--foreground", "--components=secrets", "--unlock", f"--control-directory={self._folder}/keyring"]
        self._start("gnome-keyring-daemon", [*words, "<", password], self._has_a_keychain)

    def lock(self) -> None:
        self.ask("org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login")

    def ask(self, method: str, *words: str) -> str:
        """What the keeper of secrets answers."""
        command = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.secrets", KEEPER, method]
        done = subprocess.run([*command, *words], capture_output=True, text=True, env=self.environment)
        return done.stdout

    def _has_a_keychain(self, _: object) -> bool:
        return "collection" in self.ask("org.freedesktop.Secret.Service.ReadAlias", "string:default")

    def _start(self, program: str, words: list[str | Path], ready: object) -> None:
        line = " ".join(["exec", program, *map(str, words)])
        self._stage.start(f"{program}-{self._name}", ["sh", "-c", line], ready, **self.environment)  # type: ignore[arg-type]


def start(stage: Stage) -> None:
    session = Session(stage, "open")
    session.keep_secrets()
    there = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "PATH")
    stage.environment |= {name: session.environment[name] for name in there}
    stage.environment |= in_a_home(stage.folder)


def in_a_home(folder: Path) -> dict[str, str]:
    """The variables that give its user a home of the tests' own in the list of users, where keybaton looks for it."""
    home, users = folder / "home", folder / "users"
    home.mkdir(mode=0o700)
    listed = [list(user) for user in pwd.getpwall()]
    for user in listed:
        user[5] = str(home) if user[2] == os.geteuid() else user[5]
    users.write_text("".join(":".join(map(str, user)) + "\n" for user in listed))
    [library] = PROGRAMS.folder().parent.glob("usr/lib/*-linux-gnu/libnss_wrapper.so")
    loaded = " ".join(filter(None, [os.environ.get("LD_PRELOAD"), str(library)]))
    return {"LD_PRELOAD": loaded, "NSS_WRAPPER_PASSWD": str(users), "NSS_WRAPPER_GROUP": "/etc/group"}


PASSWORD = "made-up-login"  # noqa: S105
KEEPER = "/org/freedesktop/secrets"
BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={bus}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
