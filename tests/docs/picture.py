"""Makes docs/runs.png, the digits example's workbook as LibreOffice shows it, and docs/google.png,
the same runs as the local Google's page shows them.

    python tests/docs/picture.py    (needs soffice, pdftoppm, chromium, scikit-learn and pillow)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
WIDTH = 1900
SIZE = f"{WIDTH},600"


def main() -> None:
    """Run the example for both, and take a picture of each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook(folder)
        google(folder)


def example(folder: Path, **settings: str) -> None:
    """Train the example's models and log them, to wherever the settings say."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SHEETLOG_JOURNAL": str(folder / "journal.sqlite3"),
        **settings,
    }
    command = [sys.executable, str(ROOT / "examples/digits.py")]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def workbook(folder: Path) -> None:
    """Print the sheet to PDF, cut the white margins off."""
    example(folder)
    office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    subprocess.run([*office, "--convert-to", "pdf", "runs.xlsx"], cwd=folder, check=True)
    command = ["pdftoppm", "-png", "-r", "330", "-f", "1", "-l", "1", "runs.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    page = Image.open(min(folder.glob("page*.png"))).convert("RGB")
    page = page.crop((0, 0, page.width, int(page.height * 0.9)))  # without the footer
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    assert box is not None
    margin = 12
    # The left of the sheet, as large as on a screen: all of it would be too small to read.
    right = min(box[2] + margin, box[0] + WIDTH)
    box = (box[0] - margin, box[1] - margin, right, box[3] + margin)
    page.crop(box).quantize(64).save(ROOT / "docs/runs.png", optimize=True)


def google(folder: Path) -> None:
    """Show the page to a browser without a window."""
    from tests.google.server import serving

    with serving() as local:
        settings = {"SHEETLOG_GOOGLE_ENDPOINT": local.base_url, "SHEETLOG_SHEET": "google:Digits"}
        example(folder, **settings)
        (sheet,) = [key for key, file in local.world.files.items() if file.name == "Digits"]
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={folder}/browser", f"--window-size={SIZE}"]
        command += [f"--screenshot={folder}/google.png"]
        subprocess.run([*command, f"{local.base_url}/spreadsheets/d/{sheet}/edit"], check=True)
    picture = Image.open(folder / "google.png").convert("RGB")
    picture.quantize(160).save(ROOT / "docs/google.png", optimize=True)


if __name__ == "__main__":
    main()
