"""Makes docs/runs.png, docs/overview.png and docs/files.png, the digits example's workbook as
LibreOffice shows it, and docs/google.png, the same runs as the local Google's page shows them.

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
from sheetlog import colours  # noqa: E402  from the checkout that this file is in

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
    # The left of the sheet, as large as on a screen: all of it would be too small to read.
    page = printed(folder, page=1, dots=330)
    save(page.crop((0, 0, WIDTH, page.height)), "runs")
    save(printed(folder, page=2, dots=110), "overview")
    save(files(printed(folder, page=1, dots=500)), "files")


def files(page: Image.Image) -> Image.Image:
    """Cut out the columns of files, with the first few runs."""
    # Their header cells alone have this colour; a line below the top there is no text.
    wanted = tuple(bytes.fromhex(str(colours.header("Files").fill)))
    line = [page.getpixel((x, 20)) for x in range(page.width)]
    places = [x for x, pixel in enumerate(line) if pixel == wanted]
    return page.crop((places[0] - 180, 0, places[-1] + 80, page.height // 3))


def printed(folder: Path, *, page: int, dots: int) -> Image.Image:
    """Return a page of the printed workbook, without margins and footer."""
    name = f"page{page}-{dots}"
    command = ["pdftoppm", "-png", "-r", str(dots), "-f", str(page), "-l", str(page), "runs.pdf"]
    subprocess.run([*command, name], cwd=folder, check=True)
    found = Image.open(next(folder.glob(f"{name}*.png"))).convert("RGB")
    found = found.crop((0, 0, found.width, int(found.height * 0.9)))
    box = ImageChops.difference(found, Image.new("RGB", found.size, "white")).getbbox()
    assert box is not None
    margin = 12
    return found.crop((box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin))


def save(picture: Image.Image, name: str) -> None:
    """Save a picture for the pages, small."""
    picture.quantize(128).save(ROOT / f"docs/{name}.png", optimize=True)


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
