"""The Excel sink at its edges: the file that isn't there, isn't free, isn't the same, isn't ours."""

from __future__ import annotations

import os
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from sheetlog import layout
from sheetlog.errors import BusyError, MisuseError, RefusedError, StaleError
from sheetlog.record import Record
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Column, Template
from tests.packages import descriptors

TEMPLATE = Template(name="t", title="T", columns=(Column(key="run.name", title="Run"),))
OTHER = Template(name="o", title="O", tab="Others", columns=TEMPLATE.columns)


def deliver(sink: ExcelSink, *ids: str, template: Template = TEMPLATE) -> str:
    with sink.exclusive(5):
        records = [Record(id=id_, values={"run.name": id_, "metrics.acc": 0.5}) for id_ in ids]
        return sink.apply(layout.plan(template, sink.header(), records), template)


def names(path: Path, tab: str = "Runs") -> list[object]:
    return [row[0] for row in openpyxl.load_workbook(path)[tab].iter_rows(min_row=2, values_only=True)]


def test_the_first_run_makes_the_workbook(tmp_path: Path) -> None:
    """Nothing else is left in the folder but the lock; the address names the row."""
    path = tmp_path / "runs & co.xlsx"
    where = deliver(ExcelSink(str(path)), "a", "b")
    assert f"file://{tmp_path}/runs%20&%20co.xlsx#Runs!A3" == where
    assert ["a", "b"] == names(path)
    assert {"runs & co.xlsx", ".runs & co.xlsx.lock"} == set(os.listdir(tmp_path))


def test_runs_that_come_together_look_as_those_that_come_one_by_one(tmp_path: Path) -> None:
    """A new workbook whose first delivery has several runs has its lines in each row."""
    together, singly = (ExcelSink(str(tmp_path / name)) for name in ("a.xlsx", "b.xlsx"))
    deliver(together, "1", "2", "3")
    for each in "123":
        deliver(singly, each)
    one, other = (openpyxl.load_workbook(tmp_path / name)["Runs"] for name in ("a.xlsx", "b.xlsx"))
    assert ["thin"] * 3 == [other.cell(row, 1).border.bottom.style for row in (2, 3, 4)]
    assert ["thin"] * 3 == [one.cell(row, 1).border.bottom.style for row in (2, 3, 4)]


def test_a_workbook_with_macros_says_so(tmp_path: Path) -> None:
    """Excel opens no `.xlsm` that calls itself a workbook without macros."""
    path = tmp_path / "runs.xlsm"
    deliver(ExcelSink(str(path)), "a")
    with zipfile.ZipFile(path) as archive:
        assert b"ms-excel.sheet.macroEnabled.main+xml" in archive.read("[Content_Types].xml")


def test_a_new_tab_in_a_workbook_of_others(tmp_path: Path) -> None:
    """Every part of theirs keeps its bytes but for those that name the tabs."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["mine", 1])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    deliver(ExcelSink(f"{path}#Runs"), "a")
    with zipfile.ZipFile(path) as archive:
        changed = {name for name, data in before.items() if archive.read(name) != data}
    assert {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"} == changed
    assert ["a"] == names(path)
    assert "mine" == openpyxl.load_workbook(path).worksheets[0]["A1"].value


def test_each_template_has_its_tab(tmp_path: Path) -> None:
    """A tab that another template made is not taken; one that was renamed is."""
    path = tmp_path / "book.xlsx"
    runs, others = ExcelSink(str(path), tab="Runs"), ExcelSink(str(path), tab="Others")
    deliver(runs, "a")
    deliver(others, "b", template=OTHER)
    deliver(runs, "c")
    assert (["a", "c"], ["b"]) == (names(path), names(path, "Others"))
    whole = zipfile.ZipFile(path)
    members = {name: whole.read(name) for name in whole.namelist()}
    whole.close()
    members["xl/workbook.xml"] = (
        members["xl/workbook.xml"].replace(b'name="Others"', b'name="Mine"').replace(b"Others!", b"Mine!")
    )
    from tests.packages import zipped

    path.write_bytes(zipped(members))
    deliver(others, "d", template=OTHER)
    assert ["b", "d"] == names(path, "Mine")


def test_runs_dont_go_into_a_copy_of_their_tab(tmp_path: Path) -> None:
    """Excel puts a copy before the tab and gives it the tab's own names, marks included."""
    path = tmp_path / "book.xlsx"
    deliver(ExcelSink(str(path), tab="Runs"), "a")
    book = openpyxl.load_workbook(path)
    tab = book["Runs"]
    copy = book.copy_worksheet(tab)
    for name, each in tab.defined_names.items():
        text = each.value.replace("Runs!", "'Runs (2)'!")
        copy.defined_names[name] = DefinedName(name, attr_text=text, hidden=True)
    copy.title = "Runs (2)"
    book.move_sheet(copy, -1)
    book.save(path)
    deliver(ExcelSink(str(path), tab="Runs"), "b")
    assert ["Runs (2)", "Runs"] == openpyxl.load_workbook(path).sheetnames
    assert (["a"], ["a", "b"]) == (names(path, "Runs (2)"), names(path))


def test_a_tab_that_a_library_renamed_is_known(tmp_path: Path) -> None:
    """It leaves what names say as it was; they are put right before columns move."""
    path = tmp_path / "book.xlsx"
    sink = ExcelSink(str(path), tab="Runs")
    deliver(sink, "a")
    book = openpyxl.load_workbook(path)
    book["Runs"].title = "Bob's"
    book.save(path)
    template = replace(TEMPLATE, columns=(Column(key="params.x"), *TEMPLATE.columns))
    with sink.exclusive(5):
        record = Record(id="b", values={"run.name": "b", "params.x": 1, "metrics.acc": 0.7})
        sink.apply(layout.plan(template, sink.header(), [record]), template)
    deliver(sink, "c")
    book = openpyxl.load_workbook(path)
    assert ["Bob's"] == book.sheetnames
    table = sink.read()
    keys = [column.key for column in table.columns]
    places = [keys.index(key) for key in ("run.id", "params.x", "metrics.acc")]
    assert [["a", None, 0.5], ["b", 1, 0.7], ["c", None, 0.5]] == [
        [row[place] for place in places] for row in table.rows
    ]
    assert all("Bob" in name.value for name in book["Bob's"].defined_names.values() if "!" in name.value)


def test_marks_that_a_library_left_behind_dont_count_beside_a_tabs_own(tmp_path: Path) -> None:
    """They say the title of a tab that has marks of its own, and lead to cells of other columns."""
    path = tmp_path / "book.xlsx"
    deliver(ExcelSink(str(path), tab="Runs"), "a")
    book = openpyxl.load_workbook(path)
    other = book.create_sheet("Other")
    for key, cell in {"metrics.loss": "A1", "metrics.acc": "B1", "params.x": "Z1"}.items():
        name = f"_sheetlog.{key}"
        other.defined_names[name] = DefinedName(name, attr_text=f"Runs!${cell[0]}$1")
    book.save(path)
    columns = ExcelSink(str(path), tab="Runs").header().columns
    assert "run.name" == columns[0].key
    assert {"run.name", "run.id", "run.revision", "metrics.acc"} == {each.key for each in columns}


def test_a_run_of_another_template_waits_for_its_own_tab(tmp_path: Path) -> None:
    """A header read for one template is stale for another; the next one is for that one."""
    path = tmp_path / "book.xlsx"
    sink = ExcelSink(str(path), tab="Runs")
    deliver(sink, "a")
    with pytest.raises(StaleError, match="another tab"):
        deliver(sink, "b", template=OTHER)
    assert ["a"] == names(path)
    deliver(sink, "b", template=OTHER)
    deliver(sink, "c", template=OTHER)
    with pytest.raises(StaleError, match="another tab"):
        deliver(sink, "d")
    deliver(sink, "d")
    assert (["a", "d"], ["b", "c"]) == (names(path), names(path, "Others"))


def test_a_template_is_known_by_the_first_run_at_the_latest(tmp_path: Path) -> None:
    """Nobody said which tab: that of the template of what is written."""
    path = tmp_path / "book.xlsx"
    deliver(ExcelSink(str(path)), "a", template=OTHER)
    deliver(ExcelSink(str(path)), "b", template=OTHER)
    with pytest.raises(StaleError, match="another tab"):
        deliver(ExcelSink(str(path)), "c")
    assert ["a", "b"] == names(path, "Others")


def test_a_tab_that_is_named_is_for_every_template(tmp_path: Path) -> None:
    """`#TAB` decides, whatever the templates say."""
    path = tmp_path / "book.xlsx"
    sink = ExcelSink(f"{path}#Mine", tab="Runs")
    deliver(sink, "a")
    deliver(sink, "b", template=OTHER)
    assert ["a", "b"] == names(path, "Mine")


def test_a_tab_of_people_that_runs_go_to_needs_no_name(tmp_path: Path) -> None:
    """Once runs went to it by its name, they go there without; a template's own tab comes first."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Run", "Comment"])
    book.save(path)
    deliver(ExcelSink(f"{path}#Sheet"), "a")
    deliver(ExcelSink(str(path), tab="Others"), "b", template=OTHER)
    assert ["a", "b"] == names(path, "Sheet")
    deliver(ExcelSink(f"{path}#Others"), "c", template=OTHER)
    deliver(ExcelSink(str(path), tab="Others"), "d", template=OTHER)
    assert (["a", "b"], ["c", "d"]) == (names(path, "Sheet"), names(path, "Others"))


def test_who_only_reads_takes_what_is_there(tmp_path: Path) -> None:
    """Runs are shown also where the template's tab isn't there; its own comes first."""
    path = tmp_path / "book.xlsx"
    deliver(ExcelSink(str(path)), "a", template=OTHER)
    assert 1 == len(ExcelSink(str(path), tab="Runs").read().rows)
    deliver(ExcelSink(str(path), tab="Runs"), "b", "c")
    assert 2 == len(ExcelSink(str(path), tab="Runs").read().rows)
    assert 1 == len(ExcelSink(str(path), tab="Others").read().rows)


def test_a_title_with_quotes(tmp_path: Path) -> None:
    """It is found again: a defined name holds quotes twice."""
    path = tmp_path / "book.xlsx"
    odd = Template(name="q", title="Q", tab='My "runs"', columns=TEMPLATE.columns)
    for id_ in "ab":
        deliver(ExcelSink(str(path), tab=odd.tab), id_, template=odd)
    assert [["a", "b"]] == [names(path, tab.title) for tab in openpyxl.load_workbook(path)]


def test_into_a_tab_that_is_there(tmp_path: Path) -> None:
    """Columns are matched by their titles; what has none is added behind."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    for row in (["Our list"], [], ["Run", "Comment"], ["old", "theirs"]):
        book.active.append(row)
    book.save(path)
    deliver(ExcelSink(f"{path}#Sheet"), "a")
    sheet = openpyxl.load_workbook(path)["Sheet"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    comment = rows[2].index("Comment")
    assert ("old", "theirs") == (rows[3][0], rows[3][comment])
    assert ("a", None) == (rows[4][0], rows[4][comment])
    assert 0.5 in rows[4]
    assert ["a"] == list(ExcelSink(f"{path}#Sheet").header(["a", "old"]).rows)


def test_the_lock_keeps_others_out(tmp_path: Path) -> None:
    """Another sink waits as long as it is told to; the lock goes with its holder."""
    one, two = (ExcelSink(str(tmp_path / "runs.xlsx")) for _ in range(2))
    with one.exclusive(0) as alone:
        assert alone
        with pytest.raises(BusyError, match="another process"), two.exclusive(0.01):
            pass
    with two.exclusive(0) as alone:
        assert alone


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    """One sink, many threads: each row is there once."""
    path = tmp_path / "runs.xlsx"
    sink = ExcelSink(str(path))
    threads = [threading.Thread(target=deliver, args=(sink, f"r{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    reading = [len(sink.read().rows) for _ in range(3)]
    for thread in threads:
        thread.join()
    assert {f"r{n}" for n in range(8)} == set(names(path))
    assert sorted(reading) == reading


def test_a_folder_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivery goes on, and says that it isn't alone."""
    import errno

    from sheetlog import filelocks

    def refuse(_fd: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(filelocks, "take", refuse)
    sink = ExcelSink(str(tmp_path / "runs.xlsx"))
    with sink.exclusive(0) as alone:
        assert not alone
    deliver(sink, "a")
    assert ["a"] == names(tmp_path / "runs.xlsx")


def test_no_folder(tmp_path: Path) -> None:
    """It isn't made: a drive that is away would come back over it."""
    sink = ExcelSink(str(tmp_path / "gone" / "runs.xlsx"))
    with pytest.raises(RefusedError, match=r"folder .* is not there"), sink.exclusive(0):
        pass


def test_changed_between_header_and_plan(tmp_path: Path) -> None:
    """A plan for another state of the file is stale, with the lock and without."""
    path = tmp_path / "runs.xlsx"
    sink = ExcelSink(str(path))
    deliver(sink, "a")
    plan = layout.plan(TEMPLATE, sink.header(), [Record(id="b")])
    deliver(sink, "c")
    with pytest.raises(StaleError):
        sink.apply(plan, TEMPLATE)
    with sink.exclusive(0):
        plan = layout.plan(TEMPLATE, sink.header(), [Record(id="b")])
        book = openpyxl.load_workbook(path)
        book.save(path)
        before = path.read_bytes()
        with pytest.raises(StaleError):
            sink.apply(plan, TEMPLATE)
    assert before == path.read_bytes()


def test_made_between_header_and_plan(tmp_path: Path) -> None:
    """A workbook that came about meanwhile isn't written over."""
    path = tmp_path / "runs.xlsx"
    sink = ExcelSink(str(path))
    plan = layout.plan(TEMPLATE, sink.header(), [Record(id="b")])
    path.write_bytes(b"mine")
    with pytest.raises(StaleError):
        sink.apply(plan, TEMPLATE)
    assert b"mine" == path.read_bytes()
    path.unlink()
    deliver(sink, "a")
    later = layout.plan(TEMPLATE, sink.header(), [Record(id="b")])
    path.unlink()
    with pytest.raises(StaleError):
        sink.apply(later, TEMPLATE)
    assert [".runs.xlsx.lock"] == os.listdir(tmp_path)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Whatever it is; the file stays as it is."""
    for name, data in {"a.xlsx": b"no zip", "b.xlsx": b"", "c.xlsx": b"\xd0\xcf\x11\xe0" * 200}.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(RefusedError, match=name):
            deliver(ExcelSink(str(path)), "a")
        assert data == path.read_bytes()
    (tmp_path / "d.xlsx").mkdir()
    with pytest.raises(RefusedError):
        deliver(ExcelSink(str(tmp_path / "d.xlsx")), "a")
    (tmp_path / "e.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    with pytest.raises(RefusedError, match="leads nowhere"):
        deliver(ExcelSink(str(tmp_path / "e.xlsx")), "a")


def test_a_link_to_the_workbook_stays_one(tmp_path: Path) -> None:
    """The real file is locked and replaced."""
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "book.xlsx"
    deliver(ExcelSink(str(real)), "a")
    link = tmp_path / "runs.xlsx"
    link.symlink_to(real)
    deliver(ExcelSink(str(link)), "b")
    assert link.is_symlink()
    assert ["a", "b"] == names(real)
    assert {"real", "runs.xlsx"} == set(os.listdir(tmp_path))


def test_files_are_let_go(tmp_path: Path) -> None:
    """On Windows nobody could save the workbook otherwise."""
    path = tmp_path / "runs.xlsx"
    sink = ExcelSink(str(path))
    deliver(sink, "a")
    sink.header(["a"])
    sink.read()
    with sink.exclusive(0):
        sink.header()
        sink.header()
    plan = layout.plan(TEMPLATE, sink.header(), [Record(id="b")])
    deliver(sink, "c")
    with pytest.raises(StaleError):
        sink.apply(plan, TEMPLATE)
    assert [] == descriptors(tmp_path)


def test_refreshed_areas_are_left_alone(tmp_path: Path) -> None:
    """Rows in a table that a query fills would be gone with its next refresh."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    for row in (["Run", "Comment"], ["old", "theirs"]):
        book.active.append(row)
    table = openpyxl.worksheet.table.Table(displayName="Q", ref="A1:B2", tableType="queryTable")
    book.active.add_table(table)
    book.save(path)
    deliver(ExcelSink(f"{path}#Sheet"), "a")
    sheet = openpyxl.load_workbook(path)["Sheet"]
    assert "A1:B2" == sheet.tables["Q"].ref
    assert ["Run", "Comment"] == [cell.value for cell in sheet[1][:2]]
    assert "a" in [cell.value for cell in sheet[2]][2:]


def test_names_of_workbooks() -> None:
    """Anything else is misuse."""
    with pytest.raises(MisuseError):
        ExcelSink("runs.csv")
