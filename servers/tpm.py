"""A TPM in software, which can be taken away, exchanged, and told that the machine started otherwise.

Before it sits what a kernel has in `/dev/tpmrm0`: when a program comes, what another left in the TPM is cleared away.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
from pathlib import Path

import systemd_programs
from stage import Stage


class Tpm:
    def __init__(self, stage: Stage, at: Path) -> None:
        self._stage, self._at, self._behind = stage, at, at.with_name(f"{at.name}-itself")
        self._running: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None

    def put_in(self, which: str) -> None:
        """Starts the machine with this TPM."""
        self.take_out()
        state = self._at.with_name(f"tpm-{which}")
        state.mkdir(exist_ok=True)
        control = self._at.with_name(f"{self._at.name}.ctrl")
        sockets = ["--server", f"type=unixio,path={self._behind}", "--ctrl", f"type=unixio,path={control}"]
        flags = ["--tpm2", "--tpmstate", f"dir={state}", "--flags", "not-need-init,startup-clear"]
        program = systemd_programs.folder() / "swtpm"
        self._running = self._stage.start("swtpm", [program, "socket", *flags, *sockets], control)
        self._open()

    def take_out(self) -> None:
        """Shuts the machine down, as an operating system does: a TPM counts the other times as attacks."""
        if self._running is None or self._door is None:
            return
        self._door.close()
        self._at.unlink()
        with Line(self._behind) as line:
            line.must(SHUTDOWN)
        self._running.terminate()
        self._running.wait()
        self._running = self._door = None

    def measure(self, register: int) -> None:
        """What firmware does where it finds something else than the last time."""
        body = bytes.fromhex(f"00000182 {register:08x} 00000009 40000009 0000 00 0000 00000001 000b") + b"\x01" * 32
        with Line(self._at) as line:
            line.must(struct.pack(">HI", 0x8002, len(body) + 6) + body)

    def _open(self) -> None:
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self._at))
        self._door.listen()
        threading.Thread(target=self._serve, args=[self._door], daemon=True).start()

    def _serve(self, door: socket.socket) -> None:
        """One program after another: the TPM hears one. Each comes with a connection for each command."""
        before = 0
        while True:
            try:
                program, _ = door.accept()
            except OSError:
                return
            with program, Line(self._behind) as line:
                if (now := process_of(program)) != before:
                    line.clear()
                    before = now
                while command := message(program):
                    program.sendall(line.ask(command))


class Line:
    def __init__(self, at: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(at))

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, command: bytes) -> bytes:
        self._socket.sendall(command)
        return message(self._socket)

    def must(self, command: bytes) -> bytes:
        answer = self.ask(command)
        if answer[6:10] != bytes(4):
            raise RuntimeError(f"the TPM answers with {answer[6:10].hex()}")
        return answer

    def clear(self) -> None:
        """Takes out the sessions and the keys that a program left there."""
        for kind in (LOADED_SESSIONS, TRANSIENT_OBJECTS):
            answer = self.must(struct.pack(">HIIIII", 0x8001, 22, 0x17A, 1, kind, 64))
            [count] = struct.unpack(">I", answer[15:19])
            for handle in struct.unpack(f">{count}I", answer[19:]):
                self.must(struct.pack(">HIII", 0x8001, 14, 0x165, handle))


def process_of(program: socket.socket) -> int:
    pid: int = struct.unpack("3i", program.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    return pid


def message(line: socket.socket) -> bytes:
    """A command or an answer: the bytes 2 to 6 say how long it is. Empty at the end."""
    heard = line.recv(6, socket.MSG_WAITALL)
    if len(heard) < 6:
        return b""
    return heard + line.recv(int.from_bytes(heard[2:6], "big") - 6, socket.MSG_WAITALL)


SHUTDOWN = bytes.fromhex("8001 0000000c 00000145 0000")
LOADED_SESSIONS = 0x02000000
TRANSIENT_OBJECTS = 0x80000000
