"""Google's JSON shapes, walked by their schema: any message found inside any object.

A chart, a filter view or a rule is kept as the JSON that a client sent. What moves when rows move
is found in it by its schema, so that no kind of object needs code of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tests.google.discovery import document, message_of

Json = dict[str, Any]
Visitor = Callable[[Json], Json | None]
Step = Callable[[str, Json], Json]


@cache
def _fields_with_messages(schema: str) -> dict[str, tuple[str, str]]:
    """name → (message, how it is held), for the fields of `schema` that hold messages."""
    found = {}
    for key, spec in document("sheets").messages[schema].properties.items():
        inner = message_of(spec)
        if inner is not None:
            how = "one" if "$ref" in spec else "list" if "items" in spec else "map"
            found[key] = (inner, how)
    return found


@cache
def _reaches(schema: str, targets: frozenset[str], seen: frozenset[str] = frozenset()) -> bool:
    if schema in targets:
        return True
    if schema in seen:
        return False
    inner = {message for message, _ in _fields_with_messages(schema).values()}
    return any(_reaches(message, targets, seen | {schema}) for message in inner)


def rewrite(schema: str, value: Json, visitors: Mapping[str, Visitor]) -> Json | None:
    """`value` with every message that `visitors` names replaced by what its visitor gives back.

    None removes the message from the object or list that holds it. The value itself isn't changed.
    """
    visitor = visitors.get(schema)
    if visitor is not None:
        return visitor(value)
    targets = frozenset(visitors)
    result = value
    for key, (inner, how) in _fields_with_messages(schema).items():
        if key not in value or not _reaches(inner, targets):
            continue
        new = _rewrite_held(inner, how, value[key], visitors)
        if new is not value[key]:
            result = dict(result) if result is value else result
            if new is None:
                del result[key]
            else:
                result[key] = new
    return result


def _rewrite_held(inner: str, how: str, value: Any, visitors: Mapping[str, Visitor]) -> Any:
    if how == "one":
        return rewrite(inner, value, visitors)
    if how == "list":
        items = [rewrite(inner, item, visitors) for item in value]
        return [item for item in items if item is not None]
    pairs = {key: rewrite(inner, item, visitors) for key, item in value.items()}
    return {key: item for key, item in pairs.items() if item is not None}


def fold(schema: str, value: Json, step: Step) -> Json:
    """`value` with `step(schema, message)` put in place of every message, innermost first."""
    holders = _fields_with_messages(schema)
    result: Json = {}
    for key, item in value.items():
        if key not in holders:
            result[key] = item
            continue
        inner, how = holders[key]
        if how == "one":
            result[key] = fold(inner, item, step)
        elif how == "list":
            result[key] = [fold(inner, part, step) for part in item]
        else:
            result[key] = {name: fold(inner, part, step) for name, part in item.items()}
    return step(schema, result)
