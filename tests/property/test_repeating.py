"""Params of every kind go out and come back: from the journal, from a workbook, from any cells."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sheetlog
from sheetlog import api, flatten, readback, yaml12, yaml_text
from sheetlog.cells import cell, scalar

MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9000, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(fold=0)
) | st.timedeltas(timedelta(days=-999), timedelta(days=9999))
NUMBERS = (
    st.integers()
    | st.floats()
    | st.sampled_from([0.0, -0.0, 1.0, 1, True, 1e22, 10**16, 2**60, 5e-324, 1.7e308, 0.1, -3.0])
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["", "1", "1.0", "true", "null", "=1+1", "[1]", "{}", '"x"', "NaN", "a: b", "# x", "-", " a "]
)
LEAVES = (
    st.none() | st.booleans() | NUMBERS | TEXTS | MOMENTS | st.lists(NUMBERS | TEXTS, max_size=3)
)
CONFIGS = st.recursive(
    st.dictionaries(TEXTS, LEAVES, max_size=4),
    lambda inner: st.dictionaries(TEXTS, inner | LEAVES, max_size=4),
    max_leaves=4,
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def exactly(values: object) -> object:
    """Give something that is equal only for equal kinds and values; NaN equals NaN."""
    if isinstance(values, dict):
        return {key: exactly(value) for key, value in values.items()}
    if isinstance(values, list):
        return [exactly(value) for value in values]
    return (type(values).__name__, repr(values))


@QUICK
@given(CONFIGS)
def test_yaml_is_read_back(config: dict[str, object]) -> None:
    """The YAML of a run's params, given to `log`, makes the same keys, values and types."""
    values = flatten.params(config).values
    written = yaml_text.dumps(flatten.unflatten(values, "params"))
    again = flatten.params(yaml12.load(written, "config.yaml")).values
    assert exactly(values) == exactly(again)


@QUICK
@given(CONFIGS)
def test_cells_that_know_only_doubles_are_enough(config: dict[str, object]) -> None:
    """A sheet that gives every number as a double, or every whole one as an integer, and times
    to the second, still tells what the params were."""
    values = flatten.params(config).values

    def doubles(value: object) -> object:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number else value

    def integers(value: object) -> object:
        whole = isinstance(value, float) and math.isfinite(value) and value.is_integer()
        if isinstance(value, datetime):
            return value.replace(microsecond=0)
        if isinstance(value, timedelta):
            return timedelta(seconds=round(value.total_seconds()))
        return int(value) if whole else value

    noted = readback.noted(values)
    for product in (doubles, integers):
        cells = {key: product(cell(value, text_limit=10**9)) for key, value in noted.items()}
        back = readback.restored({key: scalar(held) for key, held in cells.items()})
        assert exactly(values) == exactly(back)


@settings(QUICK, max_examples=12)
@given(st.lists(CONFIGS, min_size=1, max_size=3))
def test_a_workbook_is_enough(
    tmp_path_factory: pytest.TempPathFactory, configs: list[dict]
) -> None:
    """Without the journal a workbook alone tells the params of each of its runs."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "_journals", {})
        patch.setattr(api, "_sinks", {})
        patch.setattr("sheetlog.settings._configured", {})
        patch.setenv("SHEETLOG_JOURNAL", str(folder / "one" / "journal.sqlite3"))
        patch.setattr("sheetlog.telling.warn", lambda text: None)
        patch.setattr("sheetlog.api.warn", lambda text: None)
        sheetlog.configure(quiet=True, context=False, sheet=str(folder / "runs.xlsx"))
        ids = [sheetlog.log(config, {"acc": 1}).run_id for config in configs]
        known = [exactly(sheetlog.params(id_)) for id_ in ids]
        close(api._journals)
        patch.setenv("SHEETLOG_JOURNAL", str(folder / "two" / "journal.sqlite3"))
        assert known == [exactly(sheetlog.params(id_)) for id_ in ids]
        close(api._journals)


def close(journals: dict) -> None:
    """Let go of every journal's file."""
    for journal in journals.values():
        journal.close()
    journals.clear()


def test_an_example(tmp_path: Path) -> None:
    """What the YAML of a config looks like."""
    config = {
        "model": "resnet 50",
        "optim": {"lr": 1e-05, "decay": 1.0, "betas": [0.9, 0.999]},
        "blocks": [{"width": 64}, {"width": 128}],
        "resume": None,
        "tag": "on",
        "empty": {},
    }
    expected = """\
model: resnet 50
optim:
  lr: 1e-05
  decay: 1.0
  betas: [0.9, 0.999]
blocks:
  -
    width: 64
  -
    width: 128
resume: null
tag: "on"
empty: {}
"""
    assert expected == yaml_text.dumps(config)
