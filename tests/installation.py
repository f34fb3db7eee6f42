"""An environment as the README's installation leaves it: Loa's wheel, and what that needs. No network is asked."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.pages import ROOT

MADE_HERE = ("INSTALLER", "REQUESTED", "direct_url.json")


def installed(place: Path, *also: str) -> tuple[Path, dict[str, str]]:
    """Install Loa into a new environment in ``place``.

    Return its folder of programs, and the variables with which its pip finds there what Loa needs, and ``also``.
    """
    house = place / "wheels"
    house.mkdir(parents=True)
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("loa_scheduler-*.whl")
    for each in needed("loa-scheduler", "pip", *also):
        packed(distribution(each), house)
    found = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(house), "PIP_NO_COMPILE": "1", "PIP_NO_CACHE_DIR": "1"}
    found |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "venv" / "bin" / "python"), "install", "-q"]
    subprocess.run([*pip, "pip", str(wheel)], check=True, env=found)
    return place / "venv" / "bin", found


def needed(*names: str) -> set[str]:
    """Return these distributions but for Loa, and all that they need on this machine."""
    found, open_ = set[str](), [(canonicalize_name(name), frozenset[str]()) for name in names]
    while open_:
        name, extras = open_.pop()
        found.add(name)
        for line in distribution(name).requires or ():
            wanted = Requirement(line)
            asked = [{"extra": each} for each in extras] or [{"extra": ""}]
            if wanted.marker is None or any(wanted.marker.evaluate(each) for each in asked):
                key = canonicalize_name(wanted.name)
                if key not in found or wanted.extras:
                    open_.append((key, frozenset(wanted.extras)))
    return found - {"loa-scheduler"}


def packed(of: Distribution, house: Path) -> None:
    """Make the wheel again from which a distribution was installed here."""
    (head,) = [each for each in of.files or () if each.match("*.dist-info/WHEEL")]
    tags = re.findall(r"^Tag: (\S+)$", head.read_text(), re.MULTILINE)
    first = tags[0].split("-")
    tag = "-".join(".".join(dict.fromkeys(each.split("-")[part] for each in tags)) for part in range(len(first)))
    name = head.parent.name.removesuffix(".dist-info")
    with zipfile.ZipFile(house / f"{name}-{tag}.whl", "w") as wheel:
        rows = []
        for each in of.files or ():
            if ".." in each.parts or each.suffix == ".pyc" or each.name in (*MADE_HERE, "RECORD"):
                continue
            wheel.write(Path(str(each.locate())), str(each))
            rows.append(f"{each},,\n")
        wheel.writestr(f"{head.parent}/RECORD", "".join((*rows, f"{head.parent}/RECORD,,\n")))
