"""The layout rules of docs/layout.md, by hand-made examples: one or more for each number."""

import json
from dataclasses import replace

from sheetlog.cells import Formula
from sheetlog.layout import Header, HeaderColumn, HeaderRow, Plan, plan
from sheetlog.record import Record, Series
from sheetlog.template import Column, Template

TEMPLATE = Template(
    name="test",
    title="Test",
    columns=(
        Column(key="run.id", title="Run id", hidden=True),
        Column(key="run.name", title="Run"),
        Column(key="metrics.acc", title="Accuracy", goal="max", aliases=("accuracy", "top1")),
        Column(key="metrics.*"),
        Column(title="Verdict", owner="people", choices=("keep", "drop")),
        Column(title="Gap", formula="={metrics.train}-{metrics.acc}"),
        Column(key="params.*"),
        Column(key="git.commit", title="Commit"),
    ),
)


def record(id_: str = "a", revision: int = 1, **values: object) -> Record:
    """Make a record; `__` in a name stands for the dot of its key."""
    return Record(
        id=id_, revision=revision, values={k.replace("__", "."): v for k, v in values.items()}
    )


def titles(made: Plan) -> list[str]:
    """Give the titles of the sheet after the plan."""
    return [column.title for column in made.columns()]


def header_of(made: Plan, **more: object) -> Header:
    """Give the header of the sheet after the plan."""
    return Header(columns=made.columns(), **more)


def first() -> Plan:
    """Plan a sheet that is made by its first run."""
    return plan(TEMPLATE, Header(exists=False), [record(metrics__acc=0.9, params__lr=0.1)])


def keys(made: Plan) -> list[str | None]:
    """Give the keys of the sheet after the plan, by place."""
    return [column.key for column in made.columns()]


def test_a_new_sheet_has_all_named_columns_in_template_order() -> None:
    """The first run makes the template's columns, people's and formulas included."""
    expected = [
        "run.id",
        "run.name",
        "metrics.acc",
        "people.Verdict",
        "formula.Gap",
        "params.lr",
        "git.commit",
        "run.revision",
    ]
    assert expected == keys(first())
    assert [*range(8)] == [column.place for column in first().columns()]


def test_rule_1_a_renamed_and_moved_column_keeps_its_values() -> None:
    """A column is known by its mark wherever it stands and whatever it is called."""
    header = Header(
        columns=(
            HeaderColumn(place=0, title="My own"),
            HeaderColumn(place=1, title="learning rate!", key="params.lr"),
            HeaderColumn(place=2, title="Nr", key="run.id"),
            HeaderColumn(place=3, title="rev", key="run.revision"),
        )
    )
    made = plan(TEMPLATE, header, [record(params__lr=0.1)])
    assert () == made.added
    assert {"params.lr": 0.1, "run.id": "a", "run.revision": 1} == made.rows[0].cells


def test_rule_1_without_any_mark_titles_and_aliases_find_the_columns() -> None:
    """In a sheet that was imported the titles say which column is which, and get their marks."""
    header = Header(
        columns=(
            HeaderColumn(place=0, title="Run"),
            HeaderColumn(place=1, title=" Top1 "),
            HeaderColumn(place=2, title="lr"),
            HeaderColumn(place=3, title="Remarks"),
        )
    )
    made = plan(TEMPLATE, header, [record(metrics__acc=0.9, params__lr=0.1)])
    assert {0: "run.name", 1: "metrics.acc", 2: "params.lr"} == {
        m.place: m.key for m in made.marks
    }
    assert {"run.id", "run.revision"} == {added.key for added in made.added}


def test_rule_1_a_column_of_the_template_that_lost_its_mark_gets_it_back() -> None:
    """Where other marks are left, a title that the template names still finds its column."""
    header = Header(
        columns=(
            HeaderColumn(place=0, title="Run id", key="run.id"),
            HeaderColumn(place=1, title="Accuracy"),
            HeaderColumn(place=2, title="rev", key="run.revision"),
        )
    )
    made = plan(TEMPLATE, header, [record(metrics__acc=0.9)])
    assert [("metrics.acc", 1)] == [(mark.key, mark.place) for mark in made.marks]
    assert () == made.added


def test_rule_2_a_person_s_column_that_looks_like_a_key_is_left_alone() -> None:
    """In a sheet with marks an unmarked 'lr' is somebody's own, and the value gets its own column."""
    header = Header(
        columns=(
            HeaderColumn(place=0, title="Run id", key="run.id"),
            HeaderColumn(place=1, title="rev", key="run.revision"),
            HeaderColumn(place=2, title="lr"),
        )
    )
    made = plan(TEMPLATE, header, [record(params__lr=0.1)])
    assert [("params.lr", "lr (params)")] == [(added.key, added.title) for added in made.added]


def test_rule_2_a_formula_is_written_with_the_row_where_its_columns_are() -> None:
    """A formula needs all of its columns; later revisions leave it alone."""
    made = plan(
        TEMPLATE,
        Header(exists=False),
        [record(metrics__acc=0.9, metrics__train=0.95), record("b")],
    )
    formula = Formula(text="={metrics.train}-{metrics.acc}")
    assert [formula, formula] == [row.cells.get("formula.Gap") for row in made.rows]
    assert "formula.Gap" not in first().rows[0].cells
    row = HeaderRow(place=2, revision=1, cells={"run.id": "a", "metrics.acc": 0.9})
    later = plan(
        TEMPLATE, header_of(made, rows={"a": row}), [record(revision=2, metrics__acc=0.8)]
    )
    assert {"metrics.acc", "run.revision"} == {edit.key for edit in later.edits}


def test_rule_3_new_columns_stand_behind_their_wildcard_s_last() -> None:
    """A new metric stands behind the metrics and a new param behind the params."""
    made = plan(
        TEMPLATE,
        header_of(first()),
        [record("b", params__wd=0.0, metrics__f1=0.8, params__lr=0.2, metrics__auc=0.7)],
    )
    expected = [
        "run.id",
        "run.name",
        "metrics.acc",
        "metrics.f1",
        "metrics.auc",
        "people.Verdict",
        "formula.Gap",
        "params.lr",
        "params.wd",
        "git.commit",
        "run.revision",
    ]
    assert expected == keys(made)


def test_rule_3_a_value_that_no_column_names_stands_behind_sheetlog_s_last() -> None:
    """What the template doesn't know comes last, before what people have added at the end."""
    header = Header(
        columns=(*first().columns(), HeaderColumn(place=8, title="My notes")),
    )
    made = plan(TEMPLATE, header, [record("b", env__python="3.13")])
    assert ["run.revision", "env.python", None] == keys(made)[-3:]


def test_rule_3_a_moved_wildcard_column_takes_the_new_ones_along() -> None:
    """People moved the params to the front: new params join them there."""
    header = Header(
        columns=(
            HeaderColumn(place=0, title="lr", key="params.lr"),
            HeaderColumn(place=1, title="Mine"),
            HeaderColumn(place=2, title="Run id", key="run.id"),
            HeaderColumn(place=3, title="rev", key="run.revision"),
        )
    )
    made = plan(TEMPLATE, header, [record(params__lr=1, params__wd=2)])
    assert [1] == [added.place for added in made.added]
    assert ["params.lr", "params.wd", None, "run.id", "run.revision"] == keys(made)


def test_rule_4_a_deleted_column_s_values_go_to_the_overflow_cell() -> None:
    """A person deleted 'lr': it stays deleted, and its value is not lost."""
    columns = tuple(column for column in first().columns() if column.key != "params.lr")
    header = Header(columns=columns, deleted=frozenset({"params.lr"}))
    made = plan(TEMPLATE, header, [record("b", params__lr=0.3, params__wd=1)])
    assert {"run.more", "params.wd"} == {added.key for added in made.added}
    assert {"params.lr": 0.3} == json.loads(str(made.rows[0].cells["run.more"]))


def test_rule_4_the_run_id_comes_back_as_rows_need_it() -> None:
    """Without run ids no row could be found again."""
    header = Header(
        columns=(HeaderColumn(place=0, title="Run", key="run.name"),),
        deleted=frozenset({"run.id", "run.revision"}),
    )
    unnamed = Template(name="bare", title="Bare", columns=(Column(key="run.name"),))
    for template in (TEMPLATE, unnamed):
        made = plan(template, header, [record(run__name="x")])
        assert {"run.id", "run.revision"} == {added.key for added in made.added}
    # Nobody's reading: where no template names them, they are out of sight, and so is the JSON
    # of what has no column.
    assert [True, True] == [added.column.hidden for added in made.added]
    made = plan(replace(unnamed, rest="cell"), header, [record(params__lr=1)])
    assert {"run.more": True} == {
        added.key: added.column.hidden for added in made.added if added.key == "run.more"
    }


def test_rule_5_rest_says_what_happens_to_what_no_column_names() -> None:
    """`cell` keeps it in the overflow cell, `drop` throws it away."""

    def with_rest(rest: str) -> Plan:
        columns = (Column(key="metrics.*"),)
        template = Template(name="t", title="T", columns=columns, rest=rest)
        return plan(template, Header(exists=False), [record(metrics__a=1, params__lr=0.1)])

    assert {"params.lr": 0.1} == json.loads(str(with_rest("cell").rows[0].cells["run.more"]))
    assert {"metrics.a", "run.id", "run.revision"} == set(with_rest("drop").rows[0].cells)
    assert "params.lr" in with_rest("columns").rows[0].cells


def test_rule_5_beyond_max_columns_values_share_one_cell() -> None:
    """The first keys get columns, the others the overflow cell; nothing is dropped."""
    template = Template(name="t", title="T", columns=(Column(key="params.*"),), max_columns=5)
    values = {f"params.p{n}": n for n in range(20)}
    made = plan(template, Header(exists=False), [Record(id="a", values=values)])
    cells = dict(made.rows[0].cells)
    more = json.loads(str(cells.pop("run.more")))
    assert values == {**more, **{k: v for k, v in cells.items() if k.startswith("params.")}}
    assert [f"params.p{n}" for n in range(3)] == [k for k in cells if k.startswith("params.")]


def test_rule_6_a_run_that_has_a_row_is_edited_and_not_doubled() -> None:
    """Only the cells that differ between the two revisions change."""
    before = record(metrics__acc=0.9, params__lr=0.1)
    row = HeaderRow(
        place=7, revision=1, cells={"run.id": "a", "metrics.acc": 0.9, "params.lr": 0.1}
    )
    made = plan(
        TEMPLATE,
        header_of(first(), rows={"a": row}),
        [record(revision=2, metrics__acc=0.95, params__lr=0.1)],
        shown={"a": before},
    )
    assert () == made.rows
    assert {"metrics.acc": 0.95, "run.revision": 2} == {e.key: e.cell for e in made.edits}
    assert {7} == {edit.place for edit in made.edits}


def test_rule_6_an_older_revision_changes_nothing() -> None:
    """Delivered in any order, the sheet shows the latest."""
    row = HeaderRow(place=7, revision=3, cells={"run.id": "a", "metrics.acc": 0.9})
    header = header_of(first(), rows={"a": row})
    assert plan(TEMPLATE, header, [record(revision=2, metrics__acc=0.1)]).empty
    assert plan(TEMPLATE, header, [record(revision=3, metrics__acc=0.9)]).empty


def test_a_cell_that_a_person_corrected_stays_and_is_told() -> None:
    """The person's 0.91 is not overwritten by a later revision."""
    before = record(metrics__acc=0.9)
    row = HeaderRow(place=7, revision=1, cells={"run.id": "a", "metrics.acc": 0.91})
    made = plan(
        TEMPLATE,
        header_of(first(), rows={"a": row}),
        [record(revision=2, metrics__acc=0.95)],
        shown={"a": before},
    )
    assert ["run.revision"] == [edit.key for edit in made.edits]
    assert "changed by a person" in made.warnings[0]


def test_a_cell_that_has_its_new_value_is_nobodys_change() -> None:
    """Another process wrote it between this one's look at the journal and at the sheet."""
    row = HeaderRow(place=7, revision=2, cells={"run.id": "a", "metrics.acc": 0.95})
    made = plan(
        TEMPLATE,
        header_of(first(), rows={"a": row}),
        [record(revision=3, metrics__acc=0.95)],
        shown={"a": record(metrics__acc=0.9)},
    )
    assert ["run.revision"] == [edit.key for edit in made.edits]
    assert () == made.warnings


def test_rule_7_a_deleted_row_stays_deleted_unless_asked_for() -> None:
    """A run that was shown and has no row was deleted by a person."""
    shown = {"a": record(metrics__acc=0.9)}
    later = [record(revision=2, metrics__acc=0.95)]
    made = plan(TEMPLATE, header_of(first()), later, shown=shown)
    assert (("a",), ()) == (made.gone, made.rows)
    again = plan(TEMPLATE, header_of(first()), later, shown=shown, wanted=["a"])
    assert ["a"] == [row.id for row in again.rows]


def test_rule_8_an_alias_takes_values_but_pushes_none_out() -> None:
    """'top1' goes to Accuracy, unless the run has an accuracy of its own."""
    made = plan(TEMPLATE, Header(exists=False), [record(metrics__top1=0.7)])
    assert 0.7 == made.rows[0].cells["metrics.acc"]
    both = plan(TEMPLATE, Header(exists=False), [record(metrics__top1=0.7, metrics__acc=0.6)])
    assert (0.6, 0.7) == (both.rows[0].cells["metrics.acc"], both.rows[0].cells["metrics.top1"])


def test_a_curve_shows_its_best_point_where_the_template_has_a_goal() -> None:
    """The best accuracy of the curve, and the last of a metric without a goal."""
    curve = Series(values=(0.5, 0.9, 0.8), count=3, last=0.8, lowest=0.5, highest=0.9)
    made = plan(
        TEMPLATE,
        Header(exists=False),
        [record(metrics__acc=0.8, curves__acc=curve, metrics__lr=0.8, curves__lr=curve)],
    )
    assert (0.9, 0.8) == (made.rows[0].cells["metrics.acc"], made.rows[0].cells["metrics.lr"])


def test_of_several_revisions_in_one_delivery_the_latest_counts() -> None:
    """Two states of a run that wait together make one row."""
    made = plan(
        TEMPLATE,
        header_of(first()),
        [record(revision=2, metrics__acc=0.2), record(metrics__acc=0.1)],
    )
    assert [0.2] == [row.cells["metrics.acc"] for row in made.rows]


def test_titles_are_unique_whatever_the_keys() -> None:
    """A table cannot have two columns of one title, capitals apart."""
    made = plan(
        TEMPLATE,
        Header(exists=False),
        [record(params__Accuracy=1, metrics__LR=2, params__lr=3, data__lr=4)],
    )
    folded = [title.casefold() for title in titles(made)]
    assert sorted(set(folded)) == sorted(folded)
