"""The language of `where`: what it means, what it refuses, and that it evaluates nothing."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetlog.errors import WhereError
from sheetlog.where import parse, resolve

RUN = {
    "run.name": "baseline 3",
    "run.started": datetime(2026, 11, 2, 12, tzinfo=UTC),
    "run.duration": timedelta(minutes=5),
    "metrics.acc": 0.93,
    "metrics.val.loss": 0.2,
    "params.model": "resnet",
    "params.acc": "high",
    "params.layers": 64,
    "params.mixup": True,
    "params.dropout": None,
    "Verdict": "keep",
    "My score": 7,
}
NAMES = list(RUN)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (True, "metrics.acc > 0.9"),
        (False, "metrics.acc > 0.9 and layers < 64"),
        (True, "metrics.acc > 2 or layers <= 64"),
        (True, "not (layers != 64)"),
        (True, "loss < 0.5"),
        (True, "params.model == 'resnet' and Verdict == \"keep\""),
        (True, "verdict = 'keep'"),
        (True, "model in ['vit', 'resnet']"),
        (True, "model not in ('vit', 'bert')"),
        (True, "name contains 'BASE'"),
        (True, "name not contains 'x'"),
        (True, "dropout == none"),
        (True, "dropout is none and model is not none"),
        (False, "dropout > 0"),
        (False, "dropout < 0"),
        (True, "mixup == true"),
        (False, "mixup == 1"),
        (True, "started >= '2026-11-02'"),
        (False, "started < '2026-11-02T11:00:00+00:00'"),
        (True, "'2026-11-01' < started"),
        (True, "duration > 60"),
        (True, "`My score` >= 7"),
        (False, "model > 3"),
        (True, "metrics.acc > -1e-3"),
        (True, "not not layers == 64"),
        (True, "layers == 64.0"),
        (False, "model == 'it\\'s'"),
    ],
)
def test_what_a_text_means(expected: bool, text: str) -> None:
    """Comparisons, words, lists, dates, missing values, short names and titles."""
    assert expected is parse(text, NAMES)(RUN)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("did you mean 'metrics.acc'", "metrics.ac > 1"),
        ("'metrics.acc', 'params.acc'", "acc > 1"),
        ("is blank", "  "),
        ("should be a comparison", "layers"),
        ("should be a comparison", "layers 64"),
        ("ends where a name or a value", "layers =="),
        ("should be ')'", "(layers == 64"),
        ("does not belong here", "layers == 64)"),
        ("should be a list in brackets", "layers in 64"),
        ("after 'not'", "layers not 64"),
        ("levels of brackets", "(" * 5000 + "layers == 64" + ")" * 4000),
        ("characters", "layers == 64 or " * 1000),
    ],
)
def test_what_is_wrong_is_told_with_the_place(expected: str, text: str) -> None:
    """The message names what stands there and how to write it."""
    with pytest.raises(WhereError) as caught:
        parse(text, NAMES)
    assert expected in str(caught.value)


HOSTILE = [
    "__import__('os').system('touch hacked')", "().__class__.__bases__[0].__subclasses__()",
    "eval('1')", "exec('x=1')", "layers == 64; import os", "lambda: 0", "[x for x in (1,2)]",
    "layers == 64 or __builtins__", "{{7*7}}", "${7*7}", "${jndi:ldap://x}", "' OR 1=1 --",
    "1=1; DROP TABLE runs", "@pd.io.common.os.system('id')", "`__class__`", "layers.__class__ == 1",
    "`layers`.__init__ == 1", "layers == 64 if 1 else 0", "layers := 3", "open('/etc/passwd').read()",
    "layers ** 9**9**9 > 1", "9**9**9**9 == 1", "0x41 == 65", "1_000 == 1000", "f'{1}' == '1'",
    "b'a' == 'a'", "r'\\d' == 1", "'%s%s%s%n' == name", "name == '\x00'", 'name == "\\', "'", '"',
    "((((", "))))", "and", "or or", "not", "in", "contains 'a'", "== ==", "1 < 2 < 3", "layers == ",
    "layers === 64", "layers =! 64", "layers & 64 == 1", "layers | mixup", "~layers == 1", "-layers == 1",
    "layers + 1 == 65", "layers % 2 == 0", "layers // 2 == 32", "layers @ 1", "layers[0] == 6",
    "max(layers) == 64", "layers.sum() == 64", "@layers == 64", "#layers", "layers == 64 # and more",
    "layers == 64 -- comment", "/* */ layers == 64", "<script>alert(1)</script>", "../../../etc/passwd",
    "name == 'a' 'b'", "layers == 1e999", "layers == nan", "layers == -inf", "\u202elayers == 64",
    "layers\u00a0== 64", "ｌayers == 64", "layers == ６４", "💥 == 1", "\ud800 == 1", "layers == '\ud800'",
    "a" * 9999, "not " * 2000 + "layers == 64", "1" * 5000 + " == layers", "layers in [" + "1," * 2000 + "1]",
    "layers in []", "layers in [[1]]", "layers in [name]", "layers in ['a' 'b']", "layers in (1,,2)",
    "None.foo == 1", "True.real == 1", "true", "none == none", "nan == nan", "0 == 0", "'a' == 'a'",
    "name contains name", "name contains none", "name contains ''", "run.name == '(?:a+)+$'",
    "name contains '.*'", "import os", "del layers", "raise SystemExit", "while true: pass", "\n\n\n", "\t",
    "layers\n==\n64", "layers == 64\r\nor 1==1", "print", "globals()", "self.names == 1", "run.get == 1",
    "tokens", "NAMES", "layers == ${HOME}", "layers == `whoami`", "name == $(id)", "%0a", "\\", "\\\\",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_refused_or_right_and_nothing_is_executed(
    text: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred texts of a fuzzer's list: a truth value or a WhereError, and nothing happens."""
    import builtins
    import os

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("something was executed")

    monkeypatch.setattr(os, "system", forbidden)
    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, forbidden)
    with contextlib.suppress(WhereError):
        assert parse(text, NAMES)(RUN) in (True, False)


@given(st.text(max_size=60) | st.lists(st.sampled_from(["(", ")", "and", "not", "layers", "==", "1", "'a'", "in", "["]), max_size=12).map(" ".join))  # fmt: skip
def test_any_text_is_refused_or_right(text: str) -> None:
    """No text makes anything but a truth value or a WhereError."""
    with contextlib.suppress(WhereError):
        assert parse(text, NAMES)(RUN) in (True, False)


@pytest.mark.parametrize(
    ("expected", "name"),
    [("metrics.acc", "metrics.acc"), ("params.model", "model"), ("Verdict", "VERDICT"), ("My score", "my score")],
)  # fmt: skip
def test_short_names_are_resolved(expected: str, name: str) -> None:
    """A whole key, the end of one, or a title in other capitals."""
    assert expected == resolve(name, NAMES)
