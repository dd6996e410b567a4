"""Makes docs/runs.png: the digits example's workbook as LibreOffice shows it.

    python tests/docs/picture.py        (needs soffice, pdftoppm, scikit-learn and pillow)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Run the example, print its sheet to PDF, cut the white margins off."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "SHEETLOG_JOURNAL": str(folder / "journal.sqlite3")
        }  # fmt: skip
        example = [sys.executable, str(ROOT / "examples/digits.py")]
        subprocess.run(example, cwd=folder, env=environment, check=True)
        office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        subprocess.run([*office, "--convert-to", "pdf", "runs.xlsx"], cwd=folder, check=True)
        command = ["pdftoppm", "-png", "-r", "190", "-f", "1", "-l", "1", "runs.pdf", "page"]
        subprocess.run(command, cwd=folder, check=True)
        page = Image.open(next(folder.glob("page*.png"))).convert("RGB")
        page = page.crop((0, 0, page.width, int(page.height * 0.9)))  # without the footer
        box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
        assert box is not None
        margin = 12
        box = (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
        page.crop(box).quantize(64).save(ROOT / "docs/runs.png", optimize=True)


if __name__ == "__main__":
    main()
