"""The page around the grid: title, menu, formula bar, tabs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from tests.google.methods import UNKNOWN
from tests.google.page.grid import GridPainter
from tests.google.page.style import ICON, MENU, SCRIPT, STYLE, TOOLS
from tests.google.page.view import SheetView
from tests.google.whole import read_whole, rgb_hex
from tests.google.wire import Reply

if TYPE_CHECKING:
    from tests.google.wire import Request
    from tests.google.world import World

Json = dict[str, Any]


def page_of(world: World, request: Request) -> Reply:
    """The page of a spreadsheet; `#gid=` in the address chooses the tab. Raises ApiError."""
    spreadsheet_id = request.path.split("/")[3] if request.path.count("/") >= 3 else UNKNOWN
    spreadsheet = read_whole(world, spreadsheet_id)
    with world.lock:
        names = {file_id: world.name_of(file) for file_id, file in world.files.items()}
    sheets = [one for one in spreadsheet["sheets"] if not one["properties"].get("hidden")]
    painters = [
        GridPainter(SheetView(sheet), names, f"t{index}") for index, sheet in enumerate(sheets)
    ]
    sections = "".join(
        _section(sheet, painter, first=index == 0)
        for index, (sheet, painter) in enumerate(zip(sheets, painters, strict=True))
    )
    title = escape(spreadsheet["properties"]["title"])
    css = STYLE + "\n".join(painter.css() for painter in painters)
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{css}</style></head><body>{_top(title)}<main>{sections}</main>"
        f"{_tabs(sheets)}<script>{SCRIPT}</script></body></html>"
    )
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    return Reply(status=200, body=page.encode(errors="backslashreplace"), headers=headers)


def _top(title: str) -> str:
    menu = "".join(f"<span>{name}</span>" for name in MENU)
    tools = "".join(f"<span>{tool}</span>" if tool else "<i></i>" for tool in TOOLS)
    return (
        f"<header>{ICON}<div><h1>{title}</h1><nav>{menu}</nav></div>"
        '<span class="share">Share</span><span class="who">A</span></header>'
        f'<div class="tools">{tools}</div>'
        '<div class="bar"><span class="name">A1</span><span class="fx">fx</span>'
        '<span class="content"></span></div>'
    )


def _section(sheet: Json, painter: GridPainter, *, first: bool) -> str:
    """One tab's grid; the first is shown unless the address names another."""
    gid = sheet["properties"]["sheetId"]
    entered = SheetView(sheet).cell(0, 0).get("userEnteredValue", {})
    content = escape(str(next(iter(entered.values()), "")))
    names = ' class="first shown"' if first else ""
    table = painter.table() + painter.charts()
    return f'<section{names} data-gid="{gid}" data-first="{content}">{table}</section>'


def _tabs(sheets: list[Json]) -> str:
    links = []
    for index, sheet in enumerate(sheets):
        properties = sheet["properties"]
        color = rgb_hex(properties.get("tabColorStyle") or properties.get("tabColor"))
        style = f' style="border-bottom-color:#{color}"' if color else ""
        shown = ' class="shown"' if index == 0 else ""
        gid = properties["sheetId"]
        label = escape(properties["title"])
        links.append(f'<a{shown} href="#gid={gid}" data-gid="{gid}"{style}>{label} ▾</a>')
    return f"<footer><span>+</span><span>≡</span>{''.join(links)}</footer>"
