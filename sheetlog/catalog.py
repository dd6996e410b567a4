"""Where templates are: the ones that ship with sheetlog by name, everybody else's by path.

Reads files; what is in them, `template` knows.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from sheetlog import template
from sheetlog.errors import TemplateError
from sheetlog.template import Template

ENDINGS = (".yaml", ".yml")

_loaded: dict[tuple[str, str], tuple[object, Template]] = {}


def names() -> list[tuple[str, str]]:
    """Return name and title of each template that ships with sheetlog, `default` first."""
    stems = sorted(_stems(), key=lambda stem: (stem != "default", stem))
    return [(stem, load(stem).title) for stem in stems]


def find(name_or_path: str | os.PathLike[str]) -> str:
    """Return the path of a template's file.

    A word without an ending and without a folder is the name of a template that ships with
    sheetlog; all else is a path. `./default` is a path, then, and `default` is not.

    Raises:
        TemplateError: no template has this name.
    """
    asked = os.fspath(name_or_path)
    if asked.endswith(ENDINGS) or os.path.basename(asked) != asked:
        return asked
    stems = _stems()
    if asked in stems:
        return os.path.join(_folder(), asked + ENDINGS[0])
    if os.path.isfile(asked):
        return asked
    from sheetlog.mistakes import nearest

    sentence = (
        f"no template is called '{asked}';{nearest(asked, stems)} there are: {', '.join(stems)};"
        " or give the path of a YAML file"
    )
    raise TemplateError(asked, (sentence,))


def read(name_or_path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return a template's text, and the path of its file.

    Raises:
        TemplateError: no template has this name, or the file cannot be read as UTF-8 text.
    """
    path = find(name_or_path)
    try:
        with open(path, "rb") as file:
            content = file.read()
        return content.decode("utf-8-sig"), path
    except OSError as error:
        problem = f"the file '{path}' cannot be read: {error.strerror or error}"
        raise TemplateError(path, (problem,)) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"{path}:{line}:1: is not UTF-8 text; save it with the encoding UTF-8"
        raise TemplateError(path, (problem,)) from error


def load(name_or_path: str | os.PathLike[str], language: str = "") -> Template:
    """Return a template, read again only when its file has changed.

    Args:
        language: of sheetlog's own words, by its code; blank: the template's, else English.

    Raises:
        TemplateError: with every mistake that it has.
        SettingsError: there is no such language.
    """
    path = find(name_or_path)
    state = _state(path)
    known = _loaded.get((path, language))
    if known is not None and state is not None and known[0] == state:
        return known[1]
    text, source = read(path)
    _load_parser()
    found = template.parse(text, source)
    code = language or found.language
    if code:
        found = _in_language(found, code, ours=os.path.dirname(path) == _folder())
    _loaded[path, language] = (state, found)
    return found


def tab(name_or_path: str | os.PathLike[str], language: str = "") -> str | None:
    """Return the title that a template gives to the tab; None: it has mistakes, and nobody asks
    for them here.
    """
    try:
        return load(name_or_path, language).tab
    except Exception:  # noqa: BLE001  the delivery reads it again, and tells what is wrong
        return None


def _in_language(found: Template, code: str, *, ours: bool) -> Template:
    """Return a template whose columns know the language that sheetlog's words are shown in."""
    from sheetlog import languages

    words = languages.of(code)
    columns = tuple(replace(column, words=words, ours=ours) for column in found.columns)
    return replace(found, words=words, columns=columns)


def _load_parser() -> None:
    """Load the module `yaml` whole, also after Ctrl-C came into its first loading."""
    try:
        import yaml  # noqa: F401  it is `yaml12` that uses it
    except BaseException:
        # Python forgets a package whose loading was cut short, but not the modules in it; loaded
        # once more it would miss them, and no template could be read while the process lives.
        for name in [name for name in sys.modules if name.startswith("yaml.")]:
            del sys.modules[name]
        raise


def report(name_or_path: str) -> tuple[str, str]:
    """Return a report template's text, and the path of its file: a shipped one's by its name.

    Raises:
        TemplateError: no report template has this name, or the file cannot be read.
    """
    folder = os.path.join(_folder(), "reports")
    shipped = sorted(file.removesuffix(".yaml") for file in os.listdir(folder))
    if name_or_path in shipped:
        return read(os.path.join(folder, name_or_path + ENDINGS[0]))
    if name_or_path.endswith(ENDINGS):
        return read(name_or_path)
    sentence = (
        f"no report template is called '{name_or_path}'; there are: {', '.join(shipped)};"
        " or give the path of a YAML file"
    )
    raise TemplateError(name_or_path, (sentence,))


def _folder() -> str:
    """Return where the shipped templates are: inside the package, or beside it in a checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(here, "_templates")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(here), "templates")


def _stems() -> list[str]:
    try:
        files = os.listdir(_folder())
    except OSError:
        return []
    return sorted(file.removesuffix(".yaml") for file in files if file.endswith(".yaml"))


def _state(path: str) -> object:
    """Return what changes whenever a file is written anew; None: there is no such file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
