"""What kinds of value people put into params and metrics, and how each is read.

Pure, and by duck type: no framework is imported, nor asked whether it is loaded. Attributes are
looked up on the type, never on the value, because a value may answer to any name or raise. Knows
nothing of keys or sections: that is flatten.py.
"""

from __future__ import annotations

import re
from collections import UserString, deque
from collections.abc import (
    Callable,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    Sequence,
    ValuesView,
)
from collections.abc import (
    Set as AbstractSet,
)
from dataclasses import fields as fields_of
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sheetlog.record import Link, Scalar, Series

PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types whose values are scalars as they are."""

MISSING = "???"
"""The text of a value that a config still lacks; OmegaConf reads it as that, too."""

WHOLE_BYTES = 1_000
"""Longer bytes become a summary."""

_WIDEST = 2_126
"""Bits: at most 640 decimal digits, which no setting of Python refuses to print."""

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")

Pairs = Iterable[tuple[Any, Any]]


_Function = TypeVar("_Function", bound=Callable[..., Any])


def _per_type(function: _Function) -> _Function:
    """Ask once per type; the bound is for programs that make types as they run."""
    return lru_cache(maxsize=1024)(function)  # type: ignore[return-value]


class Summary(str):
    """A text that stands for more than it holds; whoever keeps it must say so."""

    __slots__ = ()


class Labelled(list[tuple[Any, Any]]):
    """Values with labels that may be equal, as a table's are."""


@_per_type
def fields(kind: type) -> Callable[[Any], Pairs] | None:
    """Return what reads the named parts of such values; None: they have none."""
    known = _names(kind)
    if issubclass(kind, Enum | Link | Series) or "omegaconf.dictconfig.DictConfig" in known:
        return _omegaconf if "omegaconf.dictconfig.DictConfig" in known else None
    if kind is Labelled:
        return iter
    if issubclass(kind, dict):
        # Another thread may add to it meanwhile.
        return lambda value: list(value.items())
    if issubclass(kind, Mapping):
        return lambda value: value.items()
    if issubclass(kind, tuple) and _has(kind, "_fields"):
        return lambda value: zip(kind._fields, value, strict=False)  # type: ignore[attr-defined]
    if _has(kind, "__dataclass_fields__"):
        return lambda value: _attributes(value, [each.name for each in fields_of(kind)])  # type: ignore[arg-type]
    if _has(kind, "__attrs_attrs__"):
        attributes = kind.__attrs_attrs__  # type: ignore[attr-defined]
        return lambda value: _attributes(value, [each.name for each in attributes])
    if _has(kind, "__pydantic_fields__") or {"__fields__", "__fields_set__"} <= _members(kind):
        return _pydantic
    if known & {"argparse.Namespace", "types.SimpleNamespace"}:
        return lambda value: vars(value).items()
    if "ml_collections.config_dict.config_dict.ConfigDict" in known:
        # Resolving its references here would let one that has no value yet hide all the others.
        return lambda value: value.items(preserve_field_references=True)
    if {"keys", "__getitem__"} <= _members(kind) and not _has(kind, "shape"):
        return lambda value: ((key, value[key]) for key in value.keys())  # noqa: SIM118
    return None


@_per_type
def is_list(kind: type) -> bool:
    """Return whether such values hold others without names, and reading doesn't use them up."""
    if issubclass(kind, str | bytes | bytearray | memoryview | range | UserString | Labelled):
        return False
    views = (KeysView, ValuesView, ItemsView)
    return issubclass(kind, (list, tuple, AbstractSet, deque, Sequence, *views))


@_per_type
def is_array(kind: type) -> bool:
    """Return whether such values are arrays, tensors, or their scalars."""
    members = _members(kind)
    return {"shape", "dtype"} <= members and bool(members & {"tolist", "to_list", "numpy"})


def unwrap(value: Any, *, measured: bool) -> Any:
    """Return what a value stands for, where it only wraps another one.

    Args:
        value: of any kind.
        measured: it is among the metrics, where the columns of a table are curves.
    """
    kind = type(value)
    known = _names(kind)
    if is_array(kind):
        if _has(kind, "to_dict") and all(type(label) in (str, tuple) for label in value.index):
            return labelled(value)
        return unwrap(_alone(value), measured=measured) if shape(value) == () else value
    if "omegaconf.listconfig.ListConfig" in known:
        return [part for _, part in _omegaconf(value, range(len(value)))]
    if "ml_collections.config_dict.config_dict.FieldReference" in known:
        return _reference(value)
    if "pydantic.root_model.RootModel" in known:
        return value.root
    if _is_table(kind):
        names = list(value.columns)
        if not measured:
            return _table_text(kind, value.shape, names)
        if _has(kind, "iloc"):
            return Labelled((name, value.iloc[:, at]) for at, name in enumerate(names))
        return Labelled((name, value[name]) for name in names)
    return value


def labelled(value: Any) -> Any:
    """Return a pandas Series as values with labels, and every other value as it is."""
    if is_array(type(value)) and _has(type(value), "to_dict"):
        return Labelled(zip(value.index, value.tolist(), strict=True))
    return value


def shape(array: Any) -> tuple[int, ...]:
    """Return an array's lengths."""
    return tuple(array.shape)


def listed(array: Any) -> Any:
    """Return an array as nested lists."""
    kind = type(array)
    if str(array.dtype).startswith(("datetime64", "timedelta64")) and not _has(kind, "to_dict"):
        # Finer than a microsecond, they would come as bare integers.
        return array.astype(str(array.dtype).partition("[")[0] + "[us]").astype(str).tolist()
    if _has(kind, "tolist"):
        return array.tolist()
    return array.to_list() if _has(kind, "to_list") else array.numpy().tolist()


def scalar(value: Any, *, measured: bool = False) -> Scalar:
    """Return the scalar that a value without parts is; text where it is no other."""
    kind = type(value)
    if kind in PLAIN:
        return value if kind is not int or value.bit_length() <= _WIDEST else hex(value)
    if kind in (Link, Series):
        return value  # type: ignore[no-any-return]
    if issubclass(kind, Enum):
        name = str.__str__(value) if issubclass(kind, str) else value.name
        return name if type(name) is str else text(value)
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        return scalar(int(value))
    if issubclass(kind, float):
        return float(value)
    if issubclass(kind, date | time | timedelta):
        return _moment(value)
    if kind.__name__ == "NAType":
        return None
    if _names(kind) & {"decimal.Decimal", "fractions.Fraction"}:
        return _fraction(value, measured=measured)
    if issubclass(kind, bytes | bytearray | memoryview):
        return _bytes(bytes(value))
    return text(value)


def key(name: Any) -> str:
    """Return the text of a mapping's key; that of a tuple is a path."""
    if type(name) is str:
        return name
    if type(name) is tuple and name:
        return ".".join(map(key, name))
    found = scalar(unwrap(name, measured=False))
    return found.isoformat() if isinstance(found, datetime) else str(found)


def text(value: Any) -> str:
    """Return a text for any value whatever: never raises, holds no address of memory."""
    kind = type(value)
    try:
        if "pydantic.types._SecretBase" in _names(kind) or _has(kind, "get_secret_value"):
            return "**********"
        if _has(kind, "__fspath__"):
            path = value.__fspath__()
            encoded = isinstance(path, bytes)
            return path.decode("utf-8", "surrogateescape") if encoded else str(path)
        if _has(kind, "__wrapped__") or callable(value):
            named = _qualified(value)
            if named:
                return named
        own = next(base for base in kind.__mro__ if "__str__" in vars(base)) is not object
        words = str(value) if own and not issubclass(kind, BaseException) else repr(value)
        return str.__str__(_ADDRESS.sub("", words))
    except Exception:  # noqa: BLE001  (what a stranger's `__repr__` raises must not end a training)
        return unprintable(kind)


def unprintable(kind: type) -> str:
    """Return the text of a value that cannot be read."""
    return f"<unprintable {type.__dict__['__name__'].__get__(kind)}>"


def summary(value: Any, size: int) -> Summary:
    """Return what a list or array is that is too long to be kept: how long, and how it starts."""
    kind = type(value)
    if not is_array(kind):
        return Summary(f"<{kind.__name__} of {size:,}: {_head(islice(value, 5))} …>")
    lengths = "×".join(map(str, shape(value)))
    first = value
    try:
        while len(shape(first)) > 1:
            first = first[0]
        head = f": {_head(listed(first[:5]))} …"
    except Exception:  # noqa: BLE001  (a tensor may be somewhere that cannot be read)
        head = ""
    return Summary(f"<{kind.__name__} {lengths} {value.dtype}{head}>")


@_per_type
def _names(kind: type) -> frozenset[str]:
    return frozenset(f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__)


@_per_type
def _members(kind: type) -> frozenset[str]:
    return frozenset(name for base in kind.__mro__ for name in vars(base))


def _has(kind: type, name: str) -> bool:
    return name in _members(kind)


def _attributes(value: Any, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Give the attributes that are there; one that was never set has no value to keep."""
    for name in names:
        try:
            yield name, getattr(value, name)
        except AttributeError:
            continue
        except Exception:  # noqa: BLE001  (a property is a stranger's code)
            yield name, unprintable(type(value))


def _pydantic(value: Any) -> Pairs:
    # Version 1 has no such attribute, and raises for it what its models make of unknown names.
    new = _has(type(value), "__pydantic_fields__")
    extra = getattr(value, "__pydantic_extra__", None) if new else None
    return [*vars(value).items(), *(extra or {}).items()]


def _omegaconf(value: Any, names: Iterable[Any] | None = None) -> Iterator[tuple[Any, Any]]:
    """Give the parts with interpolations resolved, but for those that lead to the environment.

    Their text says where the value is, which may be a secret. What cannot be resolved stays text.
    """
    for name in value.keys() if names is None else names:
        node = value._get_node(name)  # noqa: SLF001  (the public way in resolves)
        raw = node._value() if node is not None else None  # noqa: SLF001
        written = raw if isinstance(raw, str) else None
        if written and "${" in written and _leads_outside(value, written):
            yield name, written
            continue
        try:
            part = value[name]
        except Exception:  # noqa: BLE001  (missing, or a resolver is a stranger's code)
            part = written or MISSING
        yield name, part


def _leads_outside(config: Any, written: str, steps: int = 0) -> bool:
    """Return whether an interpolation reads the environment, itself or by one that it names."""
    if "env:" in written or steps > 9:
        return True
    for path in re.findall(r"\$\{([^${}:]+)\}", written):
        node = config._get_root()  # noqa: SLF001
        for word in path.split("."):
            # A relative path starts with a blank word; where it leads is not worth the asking.
            get = getattr(node, "_get_node", None)
            node = get(word) if get and word and hasattr(node, "keys") else None
        target = node._value() if node is not None else None  # noqa: SLF001
        if (
            isinstance(target, str)
            and "${" in target
            and _leads_outside(config, target, steps + 1)
        ):
            return True
    return False


def _reference(value: Any) -> Any:
    try:
        return value.get()
    except Exception:  # noqa: BLE001  (required and not given; the class is the framework's own)
        return MISSING


def _is_table(kind: type) -> bool:
    return any(name.endswith(".DataFrame") for name in _names(kind)) and _has(kind, "columns")


def _table_text(kind: type, lengths: Any, names: list[Any]) -> Summary:
    return Summary(f"<{kind.__name__} of {lengths[0]:,} × {lengths[1]:,}: {_head(names[:20])}>")


def _alone(array: Any) -> Any:
    """Return the one value of an array without lengths."""
    name = str(array.dtype)
    if name.startswith("datetime64"):
        moment = array.astype("datetime64[us]").tolist()
        # NumPy's times are in UTC, where Python's without a zone are local.
        return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else moment
    if name.startswith("timedelta64"):
        return array.astype("timedelta64[us]").tolist()
    found = listed(array)
    return float(found) if type(found) is type(array) else found


def _moment(value: Any) -> Scalar:
    if type(value).__name__ == "NaTType":
        return None
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    if not isinstance(value, datetime):
        return str(value.isoformat())
    day = (value.year, value.month, value.day, value.hour, value.minute, value.second)
    # Made anew, because pandas' own kind refuses to be moved and keeps nanoseconds.
    moment = datetime(*day, value.microsecond, value.tzinfo, fold=value.fold)  # noqa: DTZ001
    try:
        return moment.astimezone(UTC)
    except (OverflowError, OSError, ValueError):
        return moment.replace(tzinfo=UTC)


def _fraction(value: Any, *, measured: bool) -> Scalar:
    """Return the nearest float; the exact text where it differs, but for what was measured."""
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return str(value)
    exact = number != number or type(value)(repr(number)) == value  # noqa: PLR0124
    return number if exact or (measured and abs(number) != float("inf")) else str(value)


def _bytes(value: bytes) -> str:
    if len(value) <= WHOLE_BYTES:
        return repr(value)
    return Summary(f"<bytes of {len(value):,}: {value[:20]!r} …>")


def _qualified(value: Any) -> str | None:
    """Return the name that a class or function was defined under, with its module."""
    name = getattr(value, "__qualname__", None)
    if not isinstance(name, str):
        return None
    module = getattr(value, "__module__", None)
    return name if module in (None, "builtins") else f"{module}.{name}"


def _head(values: Iterable[Any]) -> str:
    return ", ".join(
        str(value)[:40] if type(value) in PLAIN else type(value).__name__ for value in values
    )
