"""`python -m tests.google --port 0`: serve until interrupted; the first line is the base URL."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any

from tests.google.modes import ASSUMPTIONS, Modes
from tests.google.server import GoogleServer
from tests.google.world import World

SWITCHES = {
    "quotas": "count requests per minute and refuse with 429",
    "service-account": "treat every caller as a service account, without storage of its own",
    "drive-file": "show each app only the files that it made or was granted",
    "enforce-permissions": "hold each user to the files' permissions",
    "expired-login": "refuse every token but those from /token",
}


def main(arguments: list[str] | None = None) -> int:
    """Serve; 0 when interrupted."""
    options = _parser().parse_args(arguments)
    modes: dict[str, Any] = {
        name.replace("-", "_"): getattr(options, name.replace("-", "_")) for name in SWITCHES
    }
    modes |= {"latency_ms": options.latency, "api_off": options.api_off}
    modes["assumptions"] = dict(option.split("=", 1) for option in options.assume)
    world = World(Modes().changed(modes))
    server = GoogleServer(world, options.port)
    # Not the handler of SIGINT: a shell lets what it starts in the background ignore that.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.stdout.write(server.base_url + "\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
        world.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.google", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    for name, meaning in SWITCHES.items():
        parser.add_argument(f"--{name}", action="store_true", help=meaning)
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS", help="per answer")
    parser.add_argument(
        "--api-off", action="append", default=[], choices=["sheets", "drive"], help="not enabled"
    )
    known = "; ".join(f"{name}: {'|'.join(values)}" for name, values in ASSUMPTIONS.items())
    parser.add_argument("--assume", action="append", default=[], metavar="NAME=VALUE", help=known)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
