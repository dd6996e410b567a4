"""What the run ran in: Python, platform, packages, command line, person and computer.

Nothing is imported to look at it. Knows no journal and no sheet.
"""

from __future__ import annotations

import os
import sys

from sheetlog import redact
from sheetlog.record import Scalar

LONGEST = 2_000
"""Characters of a command line."""
_TELLING = (
    "torch tensorflow jax keras sklearn transformers lightning pytorch_lightning xgboost lightgbm "
    "catboost fastai flax diffusers timm peft trl accelerate datasets numpy scipy pandas polars"
)
"""Packages whose version decides what comes out; those of them that a run has imported."""


def described() -> dict[str, Scalar]:
    """Return `env.python`, `env.platform`, `env.command`: what stays as it is in a process."""
    values: dict[str, Scalar] = {
        "env.python": ".".join(map(str, sys.version_info[:3])),
        "env.platform": _platform(),
    }
    words = command()
    if words:
        values["env.command"] = words
    return values


def packages() -> dict[str, Scalar]:
    """Return `env.packages`: the versions of those imported packages that matter most."""
    found = []
    for name in _TELLING.split():
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found.append(f"{name} {version}")
    return {"env.packages": ", ".join(found)} if found else {}


def command() -> str:
    """Return the command line that started the process, without its secrets; a notebook has none.

    `sys.orig_argv` is what Python was started with; programs change `sys.argv`.
    """
    if "ipykernel" in sys.modules or not sys.orig_argv:
        return ""
    import shlex

    first, *rest = sys.orig_argv
    whole = shlex.join(redact.command([os.path.basename(first), *rest]))
    # As a whole once more: `--header "token: …"` says only together what it is.
    whole = redact.text(whole)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"


def installed() -> str:
    """Return all packages that can be imported, a line `name==version` each, as pip takes them.

    Names and versions are those of the metadata's folders:
    https://packaging.python.org/specifications/recording-installed-packages/#the-dist-info-directory
    """
    found: dict[str, str] = {}
    for folder in dict.fromkeys(sys.path):
        try:
            names = os.listdir(folder or os.curdir)
        except OSError:
            continue
        for name in names:
            stem, ending = os.path.splitext(name)
            if ending in (".dist-info", ".egg-info"):
                package, _, rest = stem.partition("-")
                version = rest.partition("-py")[0]
                if version:
                    # The first on the path is the one that is imported.
                    found.setdefault(package.replace("_", "-").lower(), version)
    first = f"# Python {'.'.join(map(str, sys.version_info[:3]))}, {_platform()}"
    return "\n".join([first, *(f"{name}=={found[name]}" for name in sorted(found)), ""])


def user() -> dict[str, Scalar]:
    """Return `run.user`: who is logged in. Computers that are lent for a run have no such name."""
    if lent():
        return {}
    name = next((os.environ[n] for n in ("LOGNAME", "USER", "USERNAME") if os.environ.get(n)), "")
    if not name and sys.platform != "win32":
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    return {"run.user": name} if name else {}


def host() -> dict[str, Scalar]:
    """Return `run.host`: the computer's name."""
    if lent():
        return {}
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return {"run.host": name} if name else {}


def lent() -> bool:
    """Return whether this is Colab or Kaggle, where user and computer have names of chance."""
    return "COLAB_RELEASE_TAG" in os.environ or "KAGGLE_KERNEL_RUN_TYPE" in os.environ


def _platform() -> str:
    if hasattr(os, "uname"):
        told = os.uname()
        return f"{told.sysname} {told.release} {told.machine}"
    import platform

    return platform.platform()
