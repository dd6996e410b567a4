"""What the run ran on: GPUs, CPUs, and the memory that it took at its peak.

Nothing is started for it: a GPU that the run itself didn't touch is not woken. Knows no journal
and no sheet.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from sheetlog.record import Scalar

_GB = 1e9


def described() -> dict[str, Scalar]:
    """Return `hardware.cpus` and `hardware.memory`: the peak so far, in GB."""
    values: dict[str, Scalar] = {}
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity is not None else os.cpu_count()
    if count:
        values["hardware.cpus"] = count
    peak = _peak()
    if peak:
        values["hardware.memory"] = round(peak / _GB, 3)
    return values


def torch() -> dict[str, Scalar]:
    """Return `hardware.gpu` and `hardware.gpu_memory` (peak, in GB) where PyTorch uses a GPU."""
    module: Any = sys.modules.get("torch")
    cuda = getattr(module, "cuda", None)
    # Asking a GPU that was not used starts it, which takes a second and half a gigabyte.
    if cuda is None or not cuda.is_initialized():
        return {}
    numbers = range(cuda.device_count())
    names = [str(cuda.get_device_name(number)) for number in numbers]
    if not names:
        return {}
    peak = sum(cuda.max_memory_allocated(number) for number in numbers)
    return {"hardware.gpu": counted(names), "hardware.gpu_memory": round(peak / _GB, 3)}


def nvidia() -> dict[str, Scalar]:
    """Return `hardware.gpu` as NVIDIA's driver names it, where there is one and its library."""
    if "pynvml" not in sys.modules and not os.path.exists("/dev/nvidiactl"):
        return {}
    try:
        import pynvml
    except ImportError:
        return {}
    pynvml.nvmlInit()
    try:
        handles = map(pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount()))
        names = [pynvml.nvmlDeviceGetName(handle) for handle in handles]
    finally:
        pynvml.nvmlShutdown()
    plain = [name.decode() if isinstance(name, bytes) else str(name) for name in names]
    return {"hardware.gpu": counted(plain)} if plain else {}


def counted(names: Sequence[str]) -> str:
    """Return names with how many there are of each: `NVIDIA A100 ×2`."""
    each = {name: list(names).count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if count == 1 else f"{name} ×{count}" for name, count in each.items())


def _peak() -> int:
    """Return the most memory that the process has held, in bytes; 0: nothing says so."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
