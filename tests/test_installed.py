"""What is installed is found as `importlib.metadata` finds it."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from scheduler.channels.finding import candidates
from scheduler.channels.installed import GROUP, Point, points


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return two folders that are the whole path, in this order."""
    found = tmp_path / "first", tmp_path / "second"
    for each in found:
        each.mkdir()
    monkeypatch.setattr(sys, "path", [*map(str, found), str(tmp_path / "absent"), *sys.path])
    return found


def put(place: Path, folder: str, text: str, facts: str = "METADATA", version: str = "1.0") -> None:
    (place / folder).mkdir()
    name = folder.partition(".")[0].partition("-")[0]
    (place / folder / facts).write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nVersion: 9\n")
    (place / folder / "entry_points.txt").write_text(text)


def library() -> list[Point]:
    """Return what the library finds."""
    every = entry_points(group=GROUP)
    return sorted(Point(each.name, each.value, each.dist.version if each.dist else "") for each in every)


def test_as_the_library_does(places: tuple[Path, Path]) -> None:
    first, second = places
    put(
        first,
        "loa_sms-1.0.dist-info",
        "[console_scripts]\nx = y:z\n\n[loa.plugins]\nsms2 = loa_sms\nled = loa.led:a.b\n",
    )
    put(
        first,
        "Loa_Feed-1.0+gov.dist-info",
        "# ours\n[loa.plugins]\n# one\nfeed=loa_feed\n[x]\ny = z\n",
        version="1.0+gov",
    )
    put(first, "nothing-1.0.dist-info", "[console_scripts]\nx = y:z\n")
    put(first, "loa_develop.egg-info", "[loa.plugins]\ndevelop = loa_develop\n", "PKG-INFO", "0.3")
    put(second, "loa_sms-0.9.dist-info", "[loa.plugins]\nolder = loa_sms\n", version="0.9")
    put(second, "loa_twin-1.0.dist-info", "[loa.plugins]\nfeed = loa_twin\n")
    found = points()
    assert found == library()
    assert [(each.name, each.value, each.version) for each in found] == [
        ("develop", "loa_develop", "0.3"),
        ("feed", "loa_feed", "1.0+gov"),
        ("feed", "loa_twin", "1.0"),
        ("led", "loa.led:a.b", "1.0"),
        ("sms2", "loa_sms", "1.0"),
    ]


def test_in_an_archive_too(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive = tmp_path / "loa_zip-2.0-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("loa_zip-2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: loa-zip\nVersion: 2.0\n")
        wheel.writestr("loa_zip-2.0.dist-info/entry_points.txt", "[loa.plugins]\nzipped = loa_zip\n")
    monkeypatch.setattr(sys, "path", [str(archive), *sys.path])
    put(places[0], "loa_zip-1.0.dist-info", "[loa.plugins]\nolder = loa_zip\n")
    assert points() == library() == [Point("zipped", "loa_zip", "2.0")]


def test_what_an_entry_point_names_is_what_is_loaded(places: tuple[Path, Path], tmp_path: Path) -> None:
    put(
        places[0],
        "bo_loa-1.5.dist-info",
        "[loa.plugins]\nmodule = bo_loa_thu\npart = bo_loa_thu:Inner.plugin\nno = bo_loa_thu:x\n",
        version="1.5",
    )
    (places[0] / "bo_loa_thu.py").write_text("class Inner:\n    plugin = 'the part'\n")
    module, absent, part = points()[0], points()[1], points()[2]
    assert vars(module.load())["Inner"].plugin == part.load() == "the part"
    with pytest.raises(AttributeError, match="no attribute 'x'"):
        absent.load()
    found = {each.name: each for each in candidates(None) if each.source.startswith("installed: ")}
    assert found["part"].source == "installed: bo_loa_thu:Inner.plugin"
    assert found["part"].version == "1.5"
    assert found["part"].file() == places[0] / "bo_loa_thu.py"
    del sys.modules["bo_loa_thu"]
