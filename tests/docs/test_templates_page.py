"""docs/templates.md is true: its examples are templates, its tables name all there is."""

import re
from pathlib import Path

import pytest

from sheetlog import catalog, grammar, template, yaml12
from sheetlog.errors import TemplateError
from sheetlog.layout import Header, plan
from sheetlog.record import SECTIONS, Record

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PARTS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))


def parsed(block):
    """Give the template of an example, which may show its columns alone."""
    whole = block if not block.startswith("- ") else "columns:\n" + block
    return template.parse(whole, "docs/templates.md")


def rows(part):
    """Give the cells of the tables in a part of the page."""
    lines = [line for line in part.splitlines() if line.startswith("| ") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_is_a_template(block):
    """What the page shows can be copied."""
    assert parsed(block).columns


def test_every_attribute_has_its_part_and_an_example():
    """No attribute is without words and an example that uses it."""
    known = [name for name in grammar._ATTRIBUTES if name not in ("key", "owner", "formula")]
    assert sorted(known) == sorted(PARTS)
    for name, part in PARTS.items():
        examples = re.findall(r"^```yaml\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)
        used = [column for block in examples for column in parsed(block).columns]
        default = template.Column.__dataclass_fields__[name].default
        assert any(getattr(column, name) != default for column in used), name


def test_the_tables_name_all_there_is():
    """Top names, sections, formats and shipped templates: as many rows as there are of them."""
    first = {cells[0].strip("`") for cells in rows(PAGE)}
    assert set(grammar._TEMPLATE) <= first
    assert set(grammar.FORMATS) == {
        cells[0].strip("`") for cells in rows(PARTS["format"]) if cells[0] != "name"
    }
    assert {name for name, _ in catalog.names()} <= first
    for section in SECTIONS:
        assert f"`{section}.`" in PAGE
    for name in grammar.RUN_KEYS:
        assert f"`{name}`" in PAGE


def test_defaults_are_those_of_the_code():
    """The column 'without it' says what an empty template has."""
    said = {cells[0].strip("`"): cells[-1].strip("`") for cells in rows(PAGE) if len(cells) == 3}
    empty = template.parse("columns: [{key: metrics.*}]", "x.yaml")
    for name in ("tab", "freeze_columns", "rest", "max_columns"):
        assert str(getattr(empty, name)) == said[name]


def test_the_message_on_the_page_is_the_real_one():
    """The mistakes shown are told of a template that has them."""
    text = (
        "title: Ours\ntab: Runs\nfreeze_columns: two\ncolumns:\n  - {key: run.name}\n"
        "  - {key: metrics.acc, format: percnt}\n  - {key: metric.loss}\n"
    )
    with pytest.raises(TemplateError) as caught:
        template.parse(text, "ours.yaml")
    assert str(caught.value) in PAGE


def test_the_table_of_words_is_true():
    """Each word is read as the page says."""
    said = {
        "1e-4": 0.0001, "on": "on", "off": "off", "yes": "yes", "no": "no", "012": 12, "0o14": 12,
        "12:30:45": "12:30:45", "1_000": "1_000", "2026-11-23": "2026-11-23",
    }  # fmt: skip
    table = PAGE[PAGE.index("## YAML") :]
    words = [word for cells in rows(table)[1:] for word in re.findall("`(.+?)`", cells[0])]
    assert said == {word: yaml12.load(word, "x") for word in words}


@pytest.mark.parametrize(
    ("metrics", "shown", "others"),
    [
        ({"metrics.acc": 0.91}, 0.91, {}),
        ({"metrics.val.acc": 0.91}, 0.91, {}),
        ({"metrics.accuracy": 0.9, "metrics.acc": 0.91}, 0.9, {"metrics.acc": 0.91}),
        ({"metrics.acc": 0.91, "metrics.accuracy": 0.9}, 0.9, {"metrics.acc": 0.91}),
        (
            {"metrics.test_accuracy": 0.8, "metrics.val.acc": 0.91},
            0.91,
            {"metrics.test_accuracy": 0.8},
        ),
    ],
)
def test_aliases_do_what_the_page_says(metrics, shown, others):
    """Own key first, then the aliases in the order of the list; nothing is lost."""
    block = next(block for block in BLOCKS if "aliases: [acc, metrics.val.acc" in block)
    record = Record(id="a", values=metrics)
    (row,) = plan(parsed(block), Header(exists=False), [record]).rows
    cells = {key: cell for key, cell in row.cells.items() if key.startswith("metrics.")}
    assert {"metrics.accuracy": shown, **others} == cells
