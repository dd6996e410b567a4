"""sheetlog: one call at the end of a run puts a row into a sheet that a team already shares.

A table of names and homes: nothing is loaded before it is needed, so `import sheetlog` is free.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:  # shown to type checkers; `typing` itself would cost more than this module
    from sheetlog.api import log as log
    from sheetlog.api import sync as sync
    from sheetlog.artifacts.media import Html as Html
    from sheetlog.checking import check as check
    from sheetlog.comparing import best as best
    from sheetlog.comparing import compare as compare
    from sheetlog.comparing import influence as influence
    from sheetlog.comparing import leaderboard as leaderboard
    from sheetlog.deliver import Delivery as Delivery
    from sheetlog.drafting import new_template as new_template
    from sheetlog.dressing import redress as redress
    from sheetlog.errors import SheetlogError as SheetlogError
    from sheetlog.errors import SheetlogWarning as SheetlogWarning
    from sheetlog.exporting import export as export
    from sheetlog.fetching import artifact as artifact
    from sheetlog.looking import location as location
    from sheetlog.looking import show as show
    from sheetlog.looking import status as status
    from sheetlog.looking import templates as templates
    from sheetlog.promoting import promoted as promoted
    from sheetlog.reading import runs as runs
    from sheetlog.repeating import how as how
    from sheetlog.repeating import params as params
    from sheetlog.scanning import scan as scan
    from sheetlog.settings import Settings as Settings
    from sheetlog.settings import configure as configure
    from sheetlog.starting import init as init
    from sheetlog.telling import Receipt as Receipt

_HOMES = {
    "sheetlog.api": ("log", "sync"),
    "sheetlog.artifacts.media": ("Html",),
    "sheetlog.checking": ("check",),
    "sheetlog.comparing": ("best", "compare", "influence", "leaderboard"),
    "sheetlog.deliver": ("Delivery",),
    "sheetlog.drafting": ("new_template",),
    "sheetlog.dressing": ("redress",),
    "sheetlog.errors": ("SheetlogError", "SheetlogWarning"),
    "sheetlog.exporting": ("export",),
    "sheetlog.fetching": ("artifact",),
    "sheetlog.looking": ("location", "show", "status", "templates"),
    "sheetlog.promoting": ("promoted",),
    "sheetlog.reading": ("runs",),
    "sheetlog.repeating": ("how", "params"),
    "sheetlog.scanning": ("scan",),
    "sheetlog.settings": ("Settings", "configure"),
    "sheetlog.starting": ("init",),
    "sheetlog.telling": ("Receipt",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Delivery",
    "Html",
    "Receipt",
    "Settings",
    "SheetlogError",
    "SheetlogWarning",
    "artifact",
    "best",
    "check",
    "compare",
    "configure",
    "export",
    "how",
    "influence",
    "init",
    "leaderboard",
    "location",
    "log",
    "new_template",
    "params",
    "promoted",
    "redress",
    "runs",
    "scan",
    "show",
    "status",
    "sync",
    "templates",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'sheetlog' has no attribute '{name}'")
    import importlib

    module = importlib.import_module(home)
    for each in _HOMES[home]:
        globals()[each] = getattr(module, each)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
