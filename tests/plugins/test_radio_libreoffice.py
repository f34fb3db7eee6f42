"""LibreOffice opens the script sheet and shows what it says."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plugins.radio import Radio
from plugins.radio.options import RadioOptions
from tests.plugins.test_radio import OPTIONS, TEXT, item

if TYPE_CHECKING:
    from tests.plugins.conftest import Context

PROGRAMS = ("soffice", "pdftotext", "pdfinfo")
ABSENT = [each for each in PROGRAMS if shutil.which(each) is None]
pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)}"),
]


def run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return done.stdout


def test_the_document_opens_and_reads(make_context: Callable[..., Context[RadioOptions]], tmp_path: Path) -> None:
    context = make_context(OPTIONS)
    payload = Radio().render(item(TEXT + "\n> Phát bản ghi âm.\n"), context.render)
    receipt = Radio().deliver(payload, context)
    (tmp_path / "sheet.docx").write_bytes((context.out / receipt.id).read_bytes())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    run(
        "soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "sheet.docx")
    )
    shown = " ".join(run("pdftotext", "-layout", str(tmp_path / "sheet.pdf"), "-").split())
    sheet = payload.body["sheet"]
    for line in (*sheet["lines"], *sheet["message"], *sheet["contact"]):
        assert line["text"] in shown
    assert "[Phát bản ghi âm.]" in shown
    assert "Người đọc Kim Hoa" in shown
    assert f"{sheet['title']} · trang 1 / 1" in shown
    facts = run("pdfinfo", str(tmp_path / "sheet.pdf"))
    assert "A4" in facts
    assert sheet["title"] in facts
