"""What a value becomes as a file: figures, pictures, arrays, tables, texts, folders.

By duck type: no framework is imported. A path stays the file that it is.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sheetlog import redact
from sheetlog.errors import ArtifactError

LARGE = 2_000_000
"""Cells from which on a table is stored as Parquet, where a library for it is there."""


@dataclass(frozen=True, slots=True)
class Html:
    """A page to store as an artifact."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text to store as it is."""

    text: str
    ending: str
    """Of its file, with the dot."""


def render(value: Any, folder: str, stem: str) -> str:
    """Return the path of the file that a value is or becomes.

    Args:
        value: a path, figure, picture, array, DataFrame, `Html`, bytes or mapping.
        folder: where a file that has to be made is made.
        stem: its name without an ending.

    Raises:
        ArtifactError: no file can be made of it.
    """
    try:
        if isinstance(value, str | os.PathLike):
            return _path(os.fspath(value), folder, stem)
        for knows, ending, write in _KINDS:
            if knows(value):
                path = os.path.join(folder, stem + ending(value))
                write(value, path)
                return path
    except ArtifactError:
        raise
    except OSError as error:
        where = f" '{error.filename}'" if error.filename else ""
        why = error.strerror or type(error).__name__
        raise ArtifactError(f"the artifact '{stem}' cannot be made:{where} {why}") from error
    except Exception as error:
        what = f"{type(value).__module__}.{type(value).__qualname__}"
        raise ArtifactError(
            f"the artifact '{stem}' ({what}) cannot be written: {type(error).__name__}: {error}"
        ) from error
    raise ArtifactError(
        f"the artifact '{stem}' is of the kind '{type(value).__qualname__}': give a path, "
        "a figure, a picture, an array, a DataFrame, Html(text), bytes or a mapping"
    )


def _path(path: str | bytes, folder: str, stem: str) -> str:
    path = os.path.expanduser(os.fsdecode(path))
    if os.path.isdir(path):
        made = os.path.join(folder, f"{stem}.zip")
        _zip(path, made)
        return made
    if not os.path.isfile(path):
        raise ArtifactError(f"the artifact '{stem}': there is no file or folder '{path}'")
    return path


def _zip(folder: str, made: str) -> None:
    """Pack a folder; the same files give the same bytes, whenever they were written.

    Raises:
        OSError: something in it cannot be read: a part of it would pass for the whole.
    """

    def stop(error: OSError) -> None:
        raise error

    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for place, folders, files in os.walk(folder, onerror=stop):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(place, name)
                if not os.path.isfile(path):
                    continue  # a link that leads nowhere, a socket
                # A name in another encoding than the system's has no place in an archive.
                inner = os.fsencode(os.path.relpath(path, folder)).decode("utf-8", "replace")
                entry = zipfile.ZipInfo(inner, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                with open(path, "rb") as file, package.open(entry, "w", force_zip64=True) as out:
                    while block := file.read(1 << 20):
                        out.write(block)


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda value: all(hasattr(type(value), name) for name in names)


def _fixed(ending: str) -> Callable[[Any], str]:
    return lambda _: ending


def _array(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "dtype")


def _sound(value: Any) -> bool:
    rate = value[0] if isinstance(value, tuple) and len(value) == 2 else None
    return isinstance(rate, int) and 1000 <= rate <= 400_000 and _array(value[1])


def _numpy(value: Any) -> Any:
    """Return an array as numpy's, wherever it lies."""
    for step in ("detach", "cpu", "numpy"):
        if hasattr(value, step):
            value = getattr(value, step)()
    import numpy as np

    return np.asarray(value)


def _picture(array: Any) -> Any:
    """Return an array as bytes of a picture (height, width, 1-4), or None if it isn't like one."""
    import numpy as np

    shape = array.shape
    if len(shape) == 3 and shape[0] in (1, 3, 4) and shape[2] not in (1, 3, 4):
        array = np.moveaxis(array, 0, 2)  # torch has the colours first
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or min(array.shape[:2]) < 8:
        return None
    if array.dtype == np.uint8:
        pixels = array
    elif (
        array.dtype.kind == "f"
        and np.isfinite(array).all()
        and 0 <= array.min() <= array.max() <= 1
    ):
        pixels = np.round(array * 255).astype(np.uint8)
    else:
        return None
    return np.ascontiguousarray(pixels.reshape(*array.shape[:2], channels))


def _array_ending(value: Any) -> str:
    return ".npy" if _picture(_numpy(value)) is None else ".png"


def _write_array(value: Any, path: str) -> None:
    array = _numpy(value)
    pixels = _picture(array)
    if pixels is None:
        import numpy as np

        np.save(path, array, allow_pickle=False)
        return
    height, width, channels = pixels.shape
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + pixels[row].tobytes() for row in range(height))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(data)) + name + data)
            file.write(struct.pack(">I", zlib.crc32(name + data)))


def _write_sound(value: Any, path: str) -> None:
    import wave

    import numpy as np

    rate, array = value[0], _numpy(value[1])
    if array.ndim == 2 and array.shape[0] <= 8 < array.shape[1]:
        array = array.T  # torchaudio has the channels first
    if array.dtype.kind == "f":
        array = np.round(np.clip(np.nan_to_num(array), -1, 1) * 32_767)
    elif array.dtype == np.int32:
        array = array >> 16
    elif array.dtype == np.uint8:
        array = (array.astype("<i2") - 128) << 8  # as 8-bit WAV files have it
    array = array.astype("<i2").reshape(len(array), -1 if array.size else 1)
    with wave.open(path, "wb") as file:
        file.setnchannels(array.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.tobytes())


def _table_ending(value: Any) -> str:
    if getattr(value, "size", 0) < LARGE:
        return ".csv"
    import importlib.util

    return ".parquet" if importlib.util.find_spec("pyarrow") else ".csv"


def _write_table(value: Any, path: str) -> None:
    value.to_parquet(path) if path.endswith(".parquet") else value.to_csv(path)


def _write_mapping(value: Any, path: str) -> None:
    import yaml

    # What PyYAML has no word for becomes its text.
    plain = yaml.safe_dump(_plain(value), sort_keys=False, allow_unicode=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(redact.text(plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value if value is None or type(value) in (bool, int, float, str) else str(value)


def _write_bytes(value: Any, path: str) -> None:
    with open(path, "wb") as file:
        if isinstance(value, Html | Text):
            file.write(value.text.encode("utf-8", "backslashreplace"))
        else:
            file.write(bytes(value))


def _write_figure(value: Any, path: str) -> None:
    value.savefig(path, bbox_inches="tight", dpi=120)


_KINDS: tuple[
    tuple[Callable[[Any], bool], Callable[[Any], str], Callable[[Any, str], None]], ...
] = (
    (lambda value: isinstance(value, Html), _fixed(".html"), _write_bytes),
    (lambda value: isinstance(value, Text), lambda value: value.ending, _write_bytes),
    (
        lambda value: isinstance(value, bytes | bytearray | memoryview),
        _fixed(".bin"),
        _write_bytes,
    ),
    (_has("savefig"), _fixed(".png"), _write_figure),
    (_has("write_html", "to_json"), _fixed(".html"), lambda value, path: value.write_html(path)),
    (_has("save", "mode", "getpixel"), _fixed(".png"), lambda value, path: value.save(path)),
    (_has("to_csv", "columns"), _table_ending, _write_table),
    (_has("to_csv", "index"), _table_ending, _write_table),
    (_sound, _fixed(".wav"), _write_sound),
    (_array, _array_ending, _write_array),
    (lambda value: isinstance(value, Mapping | list), _fixed(".yaml"), _write_mapping),
)
