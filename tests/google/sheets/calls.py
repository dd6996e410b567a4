"""One call of the service: query and body checked, its spreadsheet found and changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.google.access import may
from tests.google.callers import Caller, caller_of
from tests.google.discovery import bad_request, check_body, document, response_mask
from tests.google.fieldmask import ALL, Mask
from tests.google.sheets.batch import Batch
from tests.google.sheets.protection import shown_to
from tests.google.sheets.refusals import RefusedError, entity_not_found, refusal
from tests.google.sheets.render import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.google.sheets.areas import Area
    from tests.google.sheets.model import Spreadsheet
    from tests.google.wire import Request
    from tests.google.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of one method; `parts` are the variable parts of its path, decoded."""

    world: World
    request: Request
    method: str
    parts: Mapping[str, str]
    body: Json
    query: Mapping[str, list[str]]
    mask: Mask = ALL
    rows_seen: Mapping[int, int] = field(default_factory=dict)

    def option(self, name: str, default: str = "") -> str:
        """A query parameter; the last one counts if there are several."""
        values = self.query.get(name)
        return values[-1] if values else default

    def switch(self, name: str) -> bool:
        """A query parameter that is true or false, in whatever case clients write it."""
        return self.option(name).lower() in ("true", "1")

    @property
    def spreadsheet(self) -> Spreadsheet:
        """The spreadsheet as it stands. Raises ApiError, 404."""
        return self.spreadsheet_with(self.parts["spreadsheetId"])

    def spreadsheet_with(self, spreadsheet_id: str) -> Spreadsheet:
        found = self.world.spreadsheets.get(spreadsheet_id)
        if found is None:
            raise entity_not_found()
        return found

    @property
    def caller(self) -> Caller:
        return caller_of(self.request.headers.get("authorization", ""))

    @property
    def user(self) -> str:
        return self.caller.user

    def with_rows_seen(self) -> Call:
        """The same call, which has looked where each sheet's data ends."""
        seen = {sheet.sheet_id: sheet.last_row_with_data() for sheet in self.spreadsheet.sheets}
        return replace(self, rows_seen=seen)

    def assumes(self, name: str, value: str) -> bool:
        """Whether the open question `name` is answered with `value` today."""
        return self.world.modes.assumptions.get(name) == value

    def changing(self, work: Callable[[Batch], Json], *, spreadsheet_id: str = "") -> Json:
        """Let `work` change a copy of the spreadsheet, and put the copy in its place if it may.

        The lock is held from reading to putting, so that two calls can't lose each other's work.
        Raises ApiError.
        """
        with self.world.lock:
            spreadsheet_id = spreadsheet_id or self.parts["spreadsheetId"]
            before = self.spreadsheet_with(spreadsheet_id)
            file = self.world.files.get(spreadsheet_id)
            batch = Batch(
                before=before,
                spreadsheet=before.fork(),
                user=self.user,
                owner=self.user if file is None or not file.owner else file.owner,
                assumptions=self.world.modes.assumptions,
                rows_seen=self.rows_seen,
            )
            try:
                result = work(batch)
            except RefusedError as error:
                raise refusal(error) from None
            self.world.spreadsheets[spreadsheet_id] = batch.spreadsheet
        return result

    def wanted(
        self, mask: Mask | None, areas: list[Area] | None, *, grid_data: bool, with_tables: bool
    ) -> Wanted:
        """What an answer that holds the spreadsheet shall hold of it."""
        return Wanted(
            mask=mask or ALL,
            mask_given="fields" in self.query,
            areas=areas,
            grid_data=grid_data,
            tables_as_banding=with_tables,
            cut_after_mask=not self.assumes("masked_cells_cut", "before"),
            protected=self._protected,
            titles=self._title if self.assumes("chip_text", "title") else None,
        )

    def _title(self, file_id: str) -> str:
        """What a chip of a Drive file shows: its title, as far as there is one."""
        file = self.world.files.get(file_id)
        return "" if file is None else self.world.name_of(file)

    def _protected(self, item: Json) -> Json:
        """A protected range as the caller sees it."""
        file = self.world.files.get(self.parts.get("spreadsheetId", ""))
        owner = self.user if file is None or not file.owner else file.owner
        writer = file is None or may(self.world, self.caller, file, "writer")
        return shown_to(item, self.user, owner, writer=writer)


@cache
def method_spec(method: str) -> Json:
    """A method of the discovery document, such as `spreadsheets.values.get`."""
    node = document("sheets").raw
    *resources, name = method.split(".")
    for resource in resources:
        node = node["resources"][resource]
    spec: Json = node["methods"][name]
    return spec


def checked_query(method: str, pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """The query parameters by name; unknown ones, and unknown enum values, raise ApiError, 400."""
    known = {**document("sheets").raw["parameters"], **method_spec(method)["parameters"]}
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        spec = known.get(name)
        if spec is None or spec.get("location") == "path":
            raise bad_request(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                "parameter. Field could not be found in request message.",
                description=f'Unknown name "{name}"',
            )
        if "enum" in spec and value not in spec["enum"]:
            message = f"Invalid value at '{name}', \"{value}\""
            raise bad_request(message, field=name, description=message)
        query.setdefault(name, []).append(value)
    return query


def checked_body(method: str, data: bytes) -> Json:
    """The request's body in the form that the method works with. Raises ApiError, 400."""
    schema = method_spec(method).get("request", {}).get("$ref")
    if schema is None or not data.strip():
        return {}
    try:
        body = json.loads(data, parse_constant=_no_json)
    except ValueError as error:
        message = f"Invalid JSON payload received. {error}"
        raise bad_request(message, description=message) from None
    root = "data" if schema == "ValueRange" else ""
    checked: Json = check_body("sheets", schema, body, root=root)
    return checked


def _no_json(word: str) -> float:
    """Python's reader takes NaN and Infinity, which are no JSON."""
    raise ValueError(f"Unexpected token. {word}")


def checked_mask(method: str, query: Mapping[str, list[str]]) -> Mask:
    """The mask for the answer; ALL without the parameter `fields`. Raises ApiError, 400."""
    if not query.get("fields"):
        return ALL
    return response_mask("sheets", method_spec(method)["response"]["$ref"], query["fields"][-1])
