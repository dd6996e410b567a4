"""sheetlog: one call at the end of a run puts a row into a sheet that a team already shares.

A table of names and homes: nothing is loaded before it is needed, so that `import sheetlog` is free.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:  # shown to type checkers; `typing` itself would cost more than this module
    from sheetlog.api import Delivery as Delivery
    from sheetlog.api import Receipt as Receipt
    from sheetlog.api import log as log
    from sheetlog.api import sync as sync
    from sheetlog.settings import Settings as Settings
    from sheetlog.settings import configure as configure

_HOMES = {
    "sheetlog.api": ("Delivery", "Receipt", "log", "sync"),
    "sheetlog.settings": ("Settings", "configure"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["Delivery", "Receipt", "Settings", "configure", "log", "sync"]  # noqa: RUF022


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
