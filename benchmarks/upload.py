"""A large file to the local Drive over a connection that breaks: time, CPU, memory, equal bytes.

    python benchmarks/upload.py [MIB] [BREAK_EVERY_MB]

The server is a process of its own; memory is the most that the uploading process ever had.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

MIB = 1 << 20
CHUNK_MB = 8


def content(path: Path, mib: int) -> str:
    """Write a file in which no MiB is like another; return its SHA-256."""
    digest, seed = hashlib.sha256(), os.urandom(MIB)
    with path.open("wb") as out:
        for number in range(mib):
            block = number.to_bytes(8, "big") + seed[8:]
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def breaking(base: str, mib: int, every: int) -> None:
    """Let the connection break each time that so many MB have gone over it."""
    whole, rest = divmod(every, CHUNK_MB)
    calls = list(range(whole + 1, 4 * mib, whole + 1))
    fault = {"method": "upload.put", "kind": "reset_midway", "calls": calls, "bytes": rest * MIB}
    body = json.dumps({"faults": [fault]}).encode()
    request = Request(f"{base}/admin/faults", body, {"Content-Type": "application/json"})
    urlopen(request).close()


def upload(base: str, folder: Path, mib: int) -> None:
    """Upload the file, fetch it back, and print what it took."""
    from google.auth.credentials import AnonymousCredentials

    from sheetlog.artifacts.drive import DriveStore
    from sheetlog.artifacts.drive_folder import DriveFolder
    from sheetlog.google.http import Google

    digest = content(folder / "model.pt", mib)
    before = resource.getrusage(resource.RUSAGE_SELF)
    store = DriveStore(DriveFolder(Google(AnonymousCredentials, endpoint=base)))
    start = time.perf_counter()
    stored = store.put(str(folder / "model.pt"), run="r", name="model.pt", artifact="model")
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    with urlopen(f"{base}/admin/calls") as answer:
        calls = json.load(answer)["calls"]
    broken = sum(call["fault"] == "reset_midway" for call in calls)
    (folder / "model.pt").unlink()
    store.fetch(stored.link, str(folder / "fetched.pt"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with (folder / "fetched.pt").open("rb") as file:
        equal = hashlib.file_digest(file, "sha256").hexdigest() == digest == stored.sha256
    print(
        f"{mib} MiB, {broken} broken connections: {seconds:.1f} s, "
        f"{after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime:.1f} s CPU, "
        f"{peak:.0f} MiB of memory at the most ({before.ru_maxrss / 1024:.0f} before), "
        f"bytes {'equal' if equal else 'DIFFERENT'}"
    )


def main() -> None:
    """Start a local Google, and upload to it."""
    mib, every = (int(given) for given in (*sys.argv[1:], *("2048", "10")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.google", "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            base = server.stdout.readline().strip()
            breaking(base, mib, every)
            upload(base, Path(folder), mib)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
