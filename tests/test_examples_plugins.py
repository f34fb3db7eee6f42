"""The plugins in examples/: each passes its own tests, and is found, checked and rehearsed as an installed one is.

Nothing is installed: an example's ``src`` stands on the path of a new process, beside a ``.dist-info`` that says what
an installation would write there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))
TARGETS = {
    "ledboard": """
[[channels.ledboard.targets]]
name = "market"
host = "192.168.1.60"
columns = 24
""",
    "newsletter": """
host = "post.example"
user = "loa"
password = { env = "S" }
sender = "tin@xa.example"
unsubscribe = "https://xa.example/bo/{token}"
unsubscribe_key = { env = "S" }
[[channels.newsletter.targets]]
name = "readers"
list = "contacts/readers.csv"
""",
    "telegram": """
token = { env = "S" }
[[channels.telegram.targets]]
name = "channel"
chat = "@xa_nha_nam"
""",
    "webhook": """
[[channels.webhook.targets]]
name = "office"
url = "https://office.example/"
secret = { env = "S" }
""",
}
POST = """---
id: own
title: Bàn tư vấn mở thứ Bảy
workstream: information
channels: [{channel}]
event: talk
offset: -3d
time: 08:00
---
Từ tám giờ đến mười một giờ, tại hội trường xã.
"""
LISTS = {"contacts/readers.csv": "address,name\nan@example.org,An\nbinh@example.org,Bình\n"}
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)


def project(example: Path) -> dict[str, Any]:
    return tomllib.loads((example / "pyproject.toml").read_text(encoding="utf-8"))


def run(command: list[str], folder: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    place = os.pathsep.join(map(str, (*paths, ROOT)))
    environment = {**os.environ, "PYTHONPATH": place, "LOA_LANG": "en", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


@each_example
def test_it_passes_its_own_tests(example: Path, tmp_path: Path) -> None:
    done = run(["pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'own'}"], example, example / "src")
    assert done.returncode == 0, done.stdout + done.stderr


@each_example
def test_its_distribution_says_what_it_is(example: Path) -> None:
    about, (package,) = project(example)["project"], (example / "src").glob("loa_*")
    said = ("description", "readme", "requires-python", "license", "authors", "keywords", "classifiers")
    assert [key for key in said if not about.get(key)] == []
    assert about["description"].endswith(": a channel for Loa")
    assert (package / "py.typed").is_file()
    title, words = (example / about["readme"]).read_text("utf-8").split("\n\n")[:2]
    assert (title, words[:18]) == (f"# {about['name']}", "A channel for Loa:")
    outside = {
        "httpx2": "httpx2",
        "markdown_it": "markdown-it-py",
        "pydantic": "pydantic",
        "scheduler": "loa-scheduler",
    }
    code = "".join(file.read_text("utf-8") for file in sorted(package.glob("*.py")))
    used = {name for module, name in outside.items() if re.search(rf"^ *(from|import) {module}\b", code, re.MULTILINE)}
    assert {re.split("[>=]", each)[0] for each in about["dependencies"]} == used


@each_example
def test_every_key_in_its_readme_is_one_of_its_options_and_none_is_left_out(example: Path) -> None:
    """Read in a process of its own, beside the table of keys that ``loa plugins show`` would make of it."""
    asked = (
        "import json, sys; from importlib import import_module; module = import_module(sys.argv[1]);"
        "(channel,) = module.register_channels();"
        "print(json.dumps([*channel.options.model_fields, *channel.target_options.model_fields]))"
    )
    place = os.pathsep.join((str(example / "src"), str(ROOT)))
    command = [sys.executable, "-c", asked, f"loa_{example.name}"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": place}, capture_output=True, text=True, check=True)
    readme = (example / "README.md").read_text("utf-8")
    own = {"name", "title", "rate"}
    assert [key for key in json.loads(done.stdout) if not re.search(rf"(^|`){key}(`| =)", readme, re.MULTILINE)] == []
    (block,) = [part.split("```")[0] for part in readme.split("```toml\n")[1:]]
    channel = tomllib.loads(block)["channels"][example.name]
    shown = {*channel, *(key for target in channel["targets"] for key in target)} - {"targets"} - own
    assert shown <= {*json.loads(done.stdout)}


def installed(example: Path, folder: Path) -> Path:
    """Write what an installation writes of a distribution, but for its code."""
    about = project(example)["project"]
    (group, points), *none = about["entry-points"].items()
    assert (group, none) == ("loa.plugins", [])
    place = folder / f"{about['name'].replace('-', '_')}-0.1.0.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {about['name']}\nVersion: 0.1.0\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (place / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]))
    return folder


@each_example
def test_it_is_found_checked_and_rehearsed_in_a_process_of_its_own(example: Path, tmp_path: Path) -> None:
    name = example.name
    paths = (installed(example, tmp_path / "site"), example / "src")
    folder = tmp_path / "campaign"
    assert run(["scheduler", "init", str(folder)], tmp_path).returncode == 0
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f"\n[channels.{name}]\n{TARGETS[name]}\n[plugins.{name}]\nisolated = true\n")
    for path, words in {**LISTS, "posts/own.md": POST.format(channel=name)}.items():
        (folder / "content" / path).parent.mkdir(exist_ok=True)
        (folder / "content" / path).write_text(words, encoding="utf-8")
    done = run(["scheduler", "plugins", "list", "--json"], folder, *paths)
    (found,) = [each for each in json.loads(done.stdout) if each["name"] == name]
    assert (found["version"], found["channels"], found["error"]) == ("0.1.0", [name], "")
    done = run(["scheduler", "check"], folder, *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(["scheduler", "plugins", "check", name], folder, *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(["scheduler", "post", "approve", "own"], folder, *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(["scheduler", "rehearse", "--json"], folder, *paths)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["by_channel"][name] == {"sent": 1}
