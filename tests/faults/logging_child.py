"""A process that logs runs and prints, for each `log()` that has returned, the run's id."""

import sys

import sheetlog

count, name = int(sys.argv[1]), sys.argv[2]
sheetlog.configure(quiet=True)
for number in range(count):
    receipt = sheetlog.log(
        {"worker": name, "n": number}, {"score": number / 7}, name=f"{name}-{number}"
    )
    print(receipt.run_id, "in" if receipt.delivered else "kept", flush=True)
