"""Every message about a template, each a row: the text, and the mistakes as they are told."""

import ast
from pathlib import Path

import pytest

from sheetlog import template
from sheetlog.errors import TemplateError

PACKAGE = Path(template.__file__).parent

WORDS = {
    "<names>": (
        "title, tab, freeze_columns, best_by, columns, rest, max_columns, overview, language"
    ),
    "<attributes>": (
        "key, title, owner, formula, width, format, note, unit, goal, choices, hidden, aliases, group,"
        " role, delta"
    ),
    "<formats>": (
        "text, integer, number, percent, scientific, datetime, date, duration, checkbox, link,"
        ' curve, image, or a pattern such as "0.0000"'
    ),
    "<sections>": (
        "run., metrics., params., artifacts., data., curves., git., env., hardware., notebook."
    ),
    "<run keys>": (
        "run.id, run.name, run.status, run.started, run.duration, run.notes, run.tags, run.parent,"
        " run.error, run.user, run.host, run.changed, run.more, run.revision, run.source,"
        " run.config"
    ),
}
"""What the messages list as allowed, and how the rows abbreviate it."""

ONE = "columns: [{key: metrics.a}]\n"


def column(said):
    """Give a template of one column, which stands at line 1, from column 11 on."""
    return "columns: [{" + said + "}]"


def whole(line):
    """Give a row's message with its lists written out."""
    for short, words in WORDS.items():
        line = line.replace(short, words)
    return line


# fmt: off
ROWS = [
    # the text as a whole
    ("", [
        "1:1: is empty; it needs at least 'columns:' with a list",
    ]),
    ("a: *b", [
        "1:4: '*b' repeats a value that no '&b' names before it; if it is text, put it in quotes",
    ]),
    ("- a", [
        "1:1: must be a mapping, not a list; it can say <names>",
    ]),
    ("title: x", [
        "1:1: columns: is missing; a template lists its columns",
    ]),
    (ONE + "colums: 3", [
        "2:1: colums: nothing is called 'colums' here; did you mean 'columns'? allowed: <names>",
    ]),
    (ONE + "7: 3", [
        "2:1: 7: nothing is called '7' here; allowed: <names>",
    ]),
    (ONE + "title:", [
        "2:7: title: has no value; give one, or leave the line out",
    ]),
    (ONE + "title: 7", [
        "2:8: title: must be text, not the number 7; put it in quotes",
    ]),
    (ONE + "title: true", [
        "2:8: title: must be text, not true; put it in quotes",
    ]),
    (ONE + "title: [a]", [
        "2:8: title: must be text, not a list",
    ]),
    (ONE + "title: ' '", [
        "2:8: title: is blank; give a text, or leave the line out",
    ]),
    ('columns: [{key: metrics.a}]\ntitle: "a\\nb"', [
        "2:8: title: must be one line without control characters",
    ]),
    (ONE + "tab: Runs/2", [
        "2:6: tab: 'Runs/2': a tab cannot have [ ] : * ? / \\ in its name, nor ' at an end of it",
    ]),
    (ONE + "tab: " + "x" * 32, [
        "2:6: tab: has 32 characters; at most 31 are allowed",
    ]),
    (ONE + "freeze_columns: two", [
        "2:17: freeze_columns: must be a whole number from 0 to 50, not 'two'",
    ]),
    (ONE + "freeze_columns: 51", [
        "2:17: freeze_columns: is 51; allowed: 0 to 50",
    ]),
    (ONE + "max_columns: 1.5", [
        "2:14: max_columns: must be a whole number from 1 to 16000, not the number 1.5",
    ]),
    (ONE + "max_columns: true", [
        "2:14: max_columns: must be a whole number from 1 to 16000, not true",
    ]),
    (ONE + "rest: column", [
        "2:7: rest: cannot be 'column'; did you mean 'columns'? allowed: columns, cell, drop",
    ]),
    (ONE + "rest: []", [
        "2:7: rest: cannot be an empty list; allowed: columns, cell, drop",
    ]),
    # best_by
    (ONE + "best_by: metrics.a", [
        "2:10: best_by: must be a mapping, not 'metrics.a'; it can say metric, goal",
    ]),
    (ONE + "best_by: {goal: max}", [
        "2:10: best_by.metric: is missing; allowed: a key such as metrics.accuracy",
    ]),
    (ONE + "best_by: {metric: metrics.a}", [
        "2:10: best_by.goal: is missing; allowed: min or max",
    ]),
    (ONE + "best_by: {metric: metrics.*, goal: mx}", [
        "2:19: best_by.metric: 'metrics.*' stands for many values; name one of them",
        "2:36: best_by.goal: cannot be 'mx'; did you mean 'max'? allowed: min, max",
    ]),
    ("columns: [{key: metrics.a, goal: min}]\nbest_by: {metric: metrics.a, goal: max}", [
        "2:36: best_by.goal: is max, and columns[0].goal says min; make them the same",
    ]),
    # the list of columns
    ("columns: 3", [
        "1:10: columns: must be a list of columns, not the number 3",
    ]),
    ("columns: []", [
        "1:10: columns: must be a list of columns, not an empty list",
    ]),
    ("columns: [metrics.a]", [
        "1:11: columns[0]: must be a mapping, not 'metrics.a'; it can say <attributes>",
    ]),
    (column("key: metrics.a, titel: x"), [
        "1:28: columns[0].titel: nothing is called 'titel' here; did you mean 'title'? allowed: <attributes>",
    ]),
    # which kind of column
    (column("title: x"), [
        "1:11: columns[0]: is no column yet: give it a 'key', a 'formula', a 'delta' or 'owner: people'",
    ]),
    (column("key: metrics.a, owner: people"), [
        "1:11: columns[0]: cannot have 'key' and 'owner: people' at once; keep one",
    ]),
    (column("key: metrics.a, formula: =1"), [
        "1:11: columns[0]: cannot have 'key' and 'formula' at once; keep one",
    ]),
    (column("title: x, formula: =1, owner: people"), [
        "1:11: columns[0]: cannot have 'formula' and 'owner: people' at once; keep one",
    ]),
    (column("owner: people"), [
        "1:11: columns[0].title: is missing; a column without a key needs a title",
    ]),
    (column("formula: =1"), [
        "1:11: columns[0].title: is missing; a column without a key needs a title",
    ]),
    (column("title: x, owner: peple"), [
        "1:29: columns[0].owner: cannot be 'peple'; did you mean 'people'? allowed: sheetlog, people",
    ]),
    # key
    (column("key: 3"), [
        "1:17: columns[0].key: must be text, not the number 3; put it in quotes",
    ]),
    (column("key: accuracy"), [
        "1:17: columns[0].key: 'accuracy' is outside of the sections; did you mean 'metrics.accuracy' or 'params.accuracy'? a key starts with one of <sections>",
    ]),
    (column("key: metric.acc"), [
        "1:17: columns[0].key: 'metric.acc' is outside of the sections; did you mean 'metrics.acc'? a key starts with one of <sections>",
    ]),
    (column("key: params*"), [
        "1:17: columns[0].key: 'params*' is outside of the sections; did you mean 'params.*'? a key starts with one of <sections>",
    ]),
    (column("key: '*'"), [
        "1:17: columns[0].key: '*' is outside of the sections; did you mean 'metrics.*' or 'params.*'? a key starts with one of <sections>",
    ]),
    (column("key: people.x"), [
        "1:17: columns[0].key: 'people.x' is outside of the sections; a key starts with one of <sections>",
    ]),
    (column("key: params"), [
        "1:17: columns[0].key: 'params' is a section, not a value in it; did you mean 'params.*'?",
    ]),
    (column("key: params.*.lr"), [
        "1:17: columns[0].key: 'params.*.lr': a wildcard is '.*' at the end, nowhere else; did you mean 'params.*'?",
    ]),
    (column("key: params.optim*"), [
        "1:17: columns[0].key: 'params.optim*': a wildcard is '.*' at the end, nowhere else; did you mean 'params.optim.*'?",
    ]),
    (column("key: run.start"), [
        "1:17: columns[0].key: there is no 'run.start'; did you mean 'run.started'? there are: <run keys>",
    ]),
    # title, width, hidden, note, unit, goal, group
    ("columns: [{key: metrics.a, title: " + "x" * 256 + "}]", [
        "1:35: columns[0].title: has 256 characters; at most 255 are allowed",
    ]),
    ("columns: [{key: metrics.a, title: " + "x" * 250 + ", unit: ms/it}]", [
        "1:35: columns[0].title: is with its unit longer than 255 characters",
    ]),
    (column("key: metrics.a, width: wide"), [
        "1:35: columns[0].width: must be a whole number from 1 to 255, not 'wide'",
    ]),
    (column("key: metrics.a, width: 0"), [
        "1:35: columns[0].width: is 0; allowed: 1 to 255",
    ]),
    (column("key: metrics.a, hidden: yes"), [
        "1:36: columns[0].hidden: must be true or false, not 'yes'",
    ]),
    ("columns: [{key: metrics.a, note: " + "x" * 231 + "}]", [
        "1:34: columns[0].note: has 231 characters; at most 230 are allowed",
    ]),
    (column("key: metrics.a, unit: 1"), [
        "1:34: columns[0].unit: must be text, not the number 1; put it in quotes",
    ]),
    (column("key: metrics.a, goal: maximum"), [
        "1:34: columns[0].goal: cannot be 'maximum'; did you mean 'max'? allowed: min, max",
    ]),
    (column("key: metrics.a, goal: max, format: text"), [
        "1:34: columns[0].goal: needs numbers, and the format is text",
    ]),
    (column("key: metrics.a, group: {a: b}"), [
        "1:35: columns[0].group: must be text, not a mapping",
    ]),
    # format
    (column("key: metrics.a, format: percnt"), [
        "1:36: columns[0].format: 'percnt' is no format; did you mean 'percent'? allowed: <formats>",
    ]),
    (column('key: metrics.a, format: "0.0 sec"'), [
        "1:36: columns[0].format: '0.0 sec' has 'e' outside of quotes; text goes in double quotes; allowed: <formats>",
    ]),
    (column("key: metrics.a, format: YYYY-mm"), [
        "1:36: columns[0].format: 'YYYY-mm' has 'Y'; letters of a date are small: yyyy-mm-dd hh:mm:ss; allowed: <formats>",
    ]),
    (column('key: metrics.a, format: "0;0;0;@;0"'), [
        "1:36: columns[0].format: '0;0;0;@;0' has more than four parts; ';' separates positive; negative; zero; text; allowed: <formats>",
    ]),
    (column('key: metrics.a, format: "--"'), [
        "1:36: columns[0].format: '--' shows no value: it needs 0, #, @ or letters of a date; allowed: <formats>",
    ]),
    (column('key: metrics.a, format: "0.0 d"'), [
        "1:36: columns[0].format: '0.0 d' mixes digits and letters of a date; text goes in double quotes; allowed: <formats>",
    ]),
    # formula
    (column("title: x, formula: '{metrics.a}'"), [
        "1:31: columns[0].formula: '{metrics.a}' must start with '=', as in ={metrics.a}-{metrics.b}",
    ]),
    (column("title: x, formula: '=({metrics.a}'"), [
        "1:31: columns[0].formula: '=({metrics.a}': '(' is not closed",
    ]),
    (column("title: x, formula: '=SUM([1)]'"), [
        "1:31: columns[0].formula: '=SUM([1)]': ')' closes nothing",
    ]),
    (column("title: x, formula: '=1)'"), [
        "1:31: columns[0].formula: '=1)': ')' closes nothing",
    ]),
    (column("title: x, formula: '={metrics.a'"), [
        "1:31: columns[0].formula: '={metrics.a': '{' stands alone; a key goes between { and }",
    ]),
    (column("title: x, formula: '=1&\"a'"), [
        "1:31: columns[0].formula: '=1&\"a': a text is not closed by '\"'",
    ]),
    (column("title: x, formula: '=IF({metrics.a};1;2)'"), [
        "1:31: columns[0].formula: '=IF({metrics.a};1;2)': arguments are separated by ',', whatever the sheet's language",
    ]),
    (column("title: x, formula: '={foo}'"), [
        "1:31: columns[0].formula: {foo}: 'foo' is outside of the sections; did you mean 'metrics.foo' or 'params.foo'? a key starts with one of <sections>",
    ]),
    (column("title: x, formula: '=SUM({metrics.*})'"), [
        "1:31: columns[0].formula: {metrics.*}: 'metrics.*' stands for many values; name one of them",
    ]),
    ("columns: [{title: Score, owner: people}, {title: x, formula: '={people.Scor}'}]", [
        "1:62: columns[1].formula: {people.Scor}: no column of people's has this title; did you mean 'people.Score'?",
    ]),
    # the baseline
    (column("delta: metrics.a"), [
        "1:19: columns[0].delta: needs a column in which people tick the run to compare with: "  # noqa: ISC004
        "{title: Baseline, owner: people, format: checkbox, role: baseline}",
    ]),
    (column("key: metrics.a, role: baseline"), [
        "1:34: columns[0].role: needs 'owner: people' and 'format: checkbox': people tick the run",
    ]),
    (column("title: A, owner: people, format: checkbox, role: baseline")[:-1] +
     ", {title: B, owner: people, format: checkbox, role: baseline}]", [
        "1:122: columns[1].role: columns[0] is the baseline already; remove one",
    ]),
    # choices
    (column("key: metrics.a, choices: [x]"), [
        "1:37: columns[0].choices: are for people's columns; add 'owner: people' or remove them",
    ]),
    (column("title: x, owner: people, choices: x"), [
        "1:46: columns[0].choices: must be a list such as [one, two], not 'x'",
    ]),
    (column("title: x, owner: people, choices: []"), [
        "1:46: columns[0].choices: must be a list such as [one, two], not an empty list",
    ]),
    (column("title: x, owner: people, choices: [a, true, a]"), [
        "1:50: columns[0].choices[1]: must be text, not true; put it in quotes",
        "1:56: columns[0].choices[2]: 'a' stands twice; remove one",
    ]),
    (column("title: x, owner: people, choices: ['a, b']"), [
        "1:47: columns[0].choices[0]: 'a, b' has a comma, and a list in Excel cannot",
    ]),
    (column("title: x, owner: people, choices: [" + ", ".join(c * 90 for c in "abc") + "]"), [
        "1:46: columns[0].choices: are more than 255 characters together, and Excel takes no more",
    ]),
    (column("title: x, owner: people, choices: [a], format: checkbox"), [
        "1:46: columns[0].choices: do not go with a checkbox; keep one of the two",
    ]),
    # wildcards
    (column("key: metrics.*, title: x, aliases: [y]"), [
        "1:35: columns[0].title: 'metrics.*' stands for many columns, and they cannot share it",
        "1:47: columns[0].aliases: 'metrics.*' stands for many columns, and they cannot share it",
    ]),
    # columns against one another
    ("columns:\n - key: metrics.a\n - key: metrics.a", [
        "3:9: columns[1].key: 'metrics.a' has a column already, columns[0]; remove one",
    ]),
    ("columns:\n - key: params.*\n - key: params.*", [
        "3:9: columns[1].key: 'params.*' has a column already, columns[0]; remove one",
    ]),
    ("columns:\n - {owner: people, title: Notes}\n - {owner: people, title: notes}", [
        "3:27: columns[1].title: 'notes' is the title of columns[0] as well; give one another title",
    ]),
    ("columns:\n - {key: run.status}\n - {owner: people, title: Status}", [
        "3:27: columns[1].title: 'Status' is the title of columns[0] as well; give one another title",
    ]),
    ("columns:\n - {key: metrics.a, aliases: [b]}\n - {key: metrics.b}", [
        "2:31: columns[0].aliases[0]: 'b' leads to columns[1] as well; remove it from one",
    ]),
    ("columns:\n - {key: metrics.a, aliases: [params.b]}\n - {key: params.b, title: x}", [
        "2:31: columns[0].aliases[0]: 'params.b' leads to columns[1] as well; remove it from one",
    ]),
    ("columns:\n - {key: metrics.a, aliases: [c]}\n - {key: metrics.b, aliases: [C]}", [
        "3:31: columns[1].aliases[0]: 'C' leads to columns[0] as well; remove it from one",
    ]),
    ("columns:\n - {key: metrics.a, aliases: [Notes]}\n - {owner: people, title: Notes}", [
        "2:31: columns[0].aliases[0]: 'Notes' leads to columns[1] as well; remove it from one",
    ]),
]
# fmt: on


@pytest.mark.parametrize(("text", "told"), ROWS, ids=[f"{n}" for n in range(len(ROWS))])
def test_message(text, told):
    """The mistakes are exactly these, each with file, line, column and path."""
    with pytest.raises(TemplateError) as caught:
        template.parse(text, "ours.yaml")
    assert tuple(f"ours.yaml:{whole(line)}" for line in told) == caught.value.mistakes
    count = "1 mistake" if len(told) == 1 else f"{len(told)} mistakes"
    assert str(caught.value).startswith(f"the template 'ours.yaml' has {count}:\n  ours.yaml:")


def sentences(source):
    """Give the texts of some words in a file of code, docstrings left out."""
    tree = ast.parse(source)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            words = node.value.strip()
            if words.count(" ") >= 2 and "\n" not in words:
                yield words


@pytest.mark.parametrize("name", ["grammar.py", "mistakes.py", "patterns.py", "formulas.py"])
def test_each_sentence_has_a_row(name):
    """No message can be added without a row here."""
    told = "\n".join(f"ours.yaml:{whole(line)}" for _, lines in ROWS for line in lines)
    found = list(sentences((PACKAGE / name).read_text(encoding="utf-8")))
    assert len(found) > 3
    assert [] == [words for words in found if words not in told]
