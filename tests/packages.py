"""Small workbooks as bytes, made with zipfile alone: what the code under test never saw or made."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

HEAD = f'<?xml version="1.0"?>\n<worksheet xmlns="{MAIN}"><dimension ref="A1:B2"/><sheetData>'.encode()
ROWS = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>run</t></is></c></row>'
    b'<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2.5</v></c></row>'
)
TAIL = b'</sheetData><pageMargins left="0.7" right="0.7" top="1" bottom="1" header="0" footer="0"/></worksheet>'


def parts(sheet: bytes = HEAD + ROWS + TAIL) -> dict[str, bytes]:
    """Give the parts of a workbook with one worksheet, a theme-like part and a picture-like one."""
    document = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Default Extension="PNG" ContentType="image/png"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{document}.sheet.main+xml"/>'
            f'<Override PartName="/{SHEET}" ContentType="{document}.worksheet+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name="Runs" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ).encode(),
        SHEET: sheet,
        "xl/media/image1.png": bytes(range(256)) * 90,
        "docProps/app.xml": b"<Properties/>",
    }


def zipped(
    members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    """Give an archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), data, method)
    return buffer.getvalue()


def streamed(members: Mapping[str, bytes]) -> bytes:
    """Give an archive whose members have data descriptors, as writers to a pipe make them."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED)
    return bytes(pipe.data)


def wide(members: Mapping[str, bytes]) -> bytes:
    """Give an archive that uses zip64 records everywhere, as some writers do without need."""
    body, directory = b"", b""
    for name, data in members.items():
        packed = zlib.compress(data, wbits=-15)
        raw, start, crc = name.encode(), len(body), zlib.crc32(data)
        extra = struct.pack("<2H2Q", 1, 16, len(data), len(packed))
        most = 0xFFFFFFFF
        fields = (45, 0, 8, 0, 33, crc, most, most, len(raw), len(extra))
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + raw + extra + packed
        extra = struct.pack("<2H3Q", 1, 24, len(data), len(packed), start)
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 45, *fields[:8], len(raw), len(extra), 0, 0, 0, 0, most
        ) + raw + extra  # fmt: skip
    start, count = len(body), len(members)
    end = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), start
    ) + struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    most = 0xFFFF
    end += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, most, most, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + directory + end


def content(path: object) -> dict[str, bytes]:
    """Give what a workbook's members inflate to, their checksums checked."""
    with zipfile.ZipFile(str(path)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def descriptors(folder: object) -> list[str]:
    """Give the files in a folder that this process has open, where the system tells."""
    found = []
    for fd in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        try:
            found.append(os.readlink(f"/proc/self/fd/{fd}"))
        except OSError:
            continue
    return [name for name in found if name.startswith(str(folder))]


def raw(path: object) -> dict[str, bytes]:
    """Give the bytes of each member as they stand in the file: local header, packed data, the rest."""
    with open(str(path), "rb") as file, zipfile.ZipFile(file) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        ends = [info.header_offset for info in infos[1:]] + [archive.start_dir]
        found = {}
        for info, end in zip(infos, ends, strict=True):
            file.seek(info.header_offset)
            found[info.filename] = file.read(end - info.header_offset)
        return found
