"""The discovery documents of Sheets v4 and Drive v3, compiled into checks.

The documents are those that google-api-python-client ships. A request body is checked field by
field and value by value; what the real service would refuse for its shape is refused here, with
the path that the real service names. What a body *means* is not known here.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from tests.google import fieldtypes
from tests.google.fieldmask import Mask, MaskSyntaxError, parse_mask
from tests.google.fieldtypes import TYPES, Check, ViolationError
from tests.google.wire import ApiError, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

Api = Literal["sheets", "drive"]
Json = dict[str, Any]

DOCUMENTS = {"sheets": "sheets.v4.json", "drive": "drive.v3.json"}
# Names that no document has and that Google takes in silence: gspread 6.2.1 sends this one, from
# Drive v2, whenever somebody shares a file.
OVERLOOKED = {"Permission": {"withLink"}}
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class Message:
    """One schema of a document: its fields, each with its check."""

    def __init__(self, document: Document, name: str, schema: Json) -> None:
        self.document = document
        self.name = name
        self.properties: dict[str, Json] = schema.get("properties", {})
        self._checks: dict[str, Check] | None = None
        self._by_wire_name: dict[str, str] = {snake(key): key for key in self.properties}

    def check(self, value: Any) -> Any:
        """`value` in the form that the service works with; the same object if it had it already.

        Null members are dropped, snake_case names become camelCase, a lone value in a list field
        becomes a list of one, numbers in quotes become numbers: protobuf's JSON reader allows it.
        Raises ViolationError.
        """
        if type(value) is not dict:
            own_type = f"{TYPES}{self.document.package}.{self.name}"
            raise ViolationError(f"({own_type}), {json.dumps(value)}")
        checks = self._checks or self._compile()
        changed: Json | None = None
        for key, item in value.items():
            name = key if key in checks else self._camel(key)
            try:
                kept = checks[name](item) if name and item is not None else None
            except ViolationError as violation:
                violation.climb("." + snake(name))
                raise
            if kept is None or kept is not item or name is not key:
                changed = dict(value) if changed is None else changed
                del changed[key]
                if kept is not None:
                    changed[name] = kept
        return value if changed is None else changed

    def _camel(self, key: str) -> str:
        """The name that the wire's snake_case name stands for; "" for one to overlook."""
        if key in OVERLOOKED.get(self.name, ()):
            return ""
        camel = self._by_wire_name.get(key)
        if camel is None:
            raise ViolationError(f'Unknown name "{key}"', at_parent=True)
        return camel

    def _compile(self) -> dict[str, Check]:
        self._checks = {
            key: self.document.compile(self.name, key, spec)
            for key, spec in self.properties.items()
        }
        return self._checks


class Document:
    """One discovery document."""

    def __init__(self, api: Api) -> None:
        folder = files("googleapiclient") / "discovery_cache" / "documents"
        raw = json.loads((folder / DOCUMENTS[api]).read_text(encoding="utf-8"))
        self.package = f"google.apps.{api}.{raw['version']}"
        self.raw: Json = raw
        self.messages = {
            name: Message(self, name, schema) for name, schema in raw["schemas"].items()
        }

    def compile(self, owner: str, key: str, spec: Json) -> Check:
        """The check of one field of the message `owner`."""
        if "$ref" in spec:
            name: str = spec["$ref"]
            return self.messages[name].check
        kind = spec.get("type")
        if kind == "array":
            return fieldtypes.list_of(self.compile(owner, key, spec["items"]), spec["items"])
        if kind == "object" and "additionalProperties" in spec:
            return fieldtypes.map_of(self.compile(owner, key, spec["additionalProperties"]))
        if "enum" in spec:
            enum_type = key[0].upper() + key[1:]
            return fieldtypes.one_of(spec["enum"], f"{TYPES}{self.package}.{owner}.{enum_type}")
        return fieldtypes.scalar(str(kind), spec.get("format", ""))


@cache
def document(api: Api) -> Document:
    """The compiled document of an API; read once."""
    return Document(api)


def check_body(api: Api, schema: str, body: Any, *, root: str = "") -> Any:
    """`body` as the service would take it.

    `root` is the name that the service gives to the body itself ("data" for values.update).
    Raises ApiError, 400, for an unknown name, an unknown enum value or a wrong type.
    """
    try:
        return document(api).messages[schema].check(body)
    except ViolationError as violation:
        where = (root + violation.path).lstrip(".")
        raise invalid_payload(where, violation) from None


def invalid_payload(where: str, violation: ViolationError) -> ApiError:
    """The error for a body that doesn't fit its schema."""
    if violation.at_parent:
        at = f" at '{where}'" if where else ""
        description = f"{violation.text}{at}: Cannot find field."
        description = f"Invalid JSON payload received. {description}"
    else:
        description = f"Invalid value at '{where}' {violation.text}"
    return bad_request(description, field=where, description=description)


def bad_request(message: str, *, field: str = "", description: str = "") -> ApiError:
    """400 INVALID_ARGUMENT; with a description also its one field violation."""
    violation = {"description": description}
    if field:
        violation = {"field": field, **violation}
    details = [{"@type": BAD_REQUEST, "fieldViolations": [violation]}] if description else None
    return ApiError(Reply.error(400, "INVALID_ARGUMENT", message, details))


@lru_cache(maxsize=512)
def response_mask(api: Api, schema: str, text: str) -> Mask:
    """The mask of the query parameter `fields`, every name of it known to `schema`.

    Raises ApiError, 400.
    """
    try:
        mask = parse_mask(text)
    except MaskSyntaxError as error:
        raise _mask_error(text, str(error)) from None
    unknown = unknown_path(api, schema, mask)
    if unknown is not None:
        found = f"Cannot find matching fields for path '{unknown}'."
        raise _mask_error(unknown, found)
    return mask


def _mask_error(path: str, reason: str) -> ApiError:
    description = f"Error expanding 'fields' parameter. {reason}"
    message = "Request contains an invalid argument."
    return bad_request(message, field=path, description=description)


def unknown_path(api: Api, schema: str, mask: Mask) -> str | None:
    """The first path of the mask that `schema` doesn't have; None if it has them all."""
    return _unknown(api, document(api).messages[schema].properties, mask)


def _unknown(api: Api, properties: Mapping[str, Json], mask: Mask) -> str | None:
    for name, below in mask.branches.items():
        if name == "*":
            continue
        spec = properties.get(name)
        if spec is None:
            return name
        if below.everything:
            continue
        inner = _properties_of(api, spec)
        deeper = "*" if inner is None else _unknown(api, inner, below)
        if deeper is not None:
            return name if inner is None else f"{name}.{deeper}"
    return None


def _properties_of(api: Api, spec: Json) -> Mapping[str, Json] | None:
    """What the object that a field holds has: a message's, or those listed with the field."""
    message = message_of(spec)
    if message is not None:
        return document(api).messages[message].properties
    inline: Mapping[str, Json] | None = spec.get("properties")
    return inline


def message_of(spec: Json) -> str | None:
    """The message that a field holds, itself or as items of a list or a map."""
    for holder in (spec, spec.get("items", {}), spec.get("additionalProperties", {})):
        if "$ref" in holder:
            name: str = holder["$ref"]
            return name
    return None


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """`updateCells` as the service names it in errors: `update_cells`."""
    return re.sub(r"(?<=[a-z0-9])[A-Z]", r"_\g<0>", name).lower()
