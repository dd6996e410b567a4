"""Run by .ci/run with the installed wheel alone: no sources, no test dependencies."""

import os
import subprocess
import sys
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
os.environ["SHEETLOG_JOURNAL"] = os.path.join(folder, "journal.sqlite3")

import sheetlog  # noqa: E402  the environment comes first

assert "site-packages" in (sheetlog.__file__ or ""), sheetlog.__file__
receipt = sheetlog.log({"optim": {"lr": 1e-3}, "layers": [64, 64]}, {"val": {"acc": 0.93}})
assert receipt.delivered, receipt
table = sheetlog.runs()
assert list(table["metrics.val.acc"]) == [0.93], table
script = os.path.join(os.path.dirname(sys.executable), "sheetlog")
listed = subprocess.run([script, "templates"], capture_output=True, text=True, check=True).stdout
for name in ("default", "classification", "regression", "llm-finetune", "sweep", "minimal"):
    assert name in listed, listed
print("the wheel works on its own:", receipt)
