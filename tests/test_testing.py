"""The conformance kit: what it is given, what it says, and that it keeps a plugin from doing harm while it is tried."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
import tomllib
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.api import BaseChannel, Options, OutcomeUnknown, Problem, Receipt, Rendered, Secret, TemporaryFailure
from scheduler.ground.errors import LoaError, NotFound
from scheduler.ground.text import LANGUAGES, _, use
from scheduler.testing import CHECKS, Check, Finding, Setting, Verdict, check_channel, chosen, run_check, settings_of
from scheduler.testing.hooked import HOOK_CHECKS
from scheduler.testing.kit import Kit
from scheduler.testing.reading import words
from scheduler.testing.setting import from_table, table
from scheduler.testing.trial import Trial
from tests.conformance.sound.files import Files, Settings
from tests.conformance.sound.many import Many
from tests.conformance.sound.post import Post
from tests.pages import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.campaign import Folder

PAGE = ROOT / "docs" / "plugins" / "testing.md"
PLUGIN = "scheduler.testing.pytest_plugin"
SOUND = ROOT / "tests" / "conformance" / "sound"


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_check_has_a_name_of_its_own_and_says_what_it_tries_and_how_to_mend() -> None:
    every = (*CHECKS, *HOOK_CHECKS)
    assert len({each.id for each in every}) == len(every)
    for each in every:
        assert each.tries.endswith(".")
        assert each.mend.endswith(".")


def test_the_page_has_the_table_of_checks_as_it_is() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{each.id}` | {each.tries} | {each.mend} |" for each in (*CHECKS, *HOOK_CHECKS)]


def test_the_tests_of_the_page_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    board = (SOUND / "files.py").read_text("utf-8").replace("Files", "Board")
    (tmp_path / "plugins" / "board.py").write_text(board, encoding="utf-8")
    one, two, *_rest = blocks(PAGE, "python")
    (tmp_path / "test_board.py").write_text(one.text + "\n" + two.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-o", "addopts="],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment(),
    )  # fmt: skip
    assert re.search(r"^20 passed, 9 skipped", done.stdout, re.MULTILINE), done.stdout + done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_can_be_read_in_each_language(language: str) -> None:
    use(language)
    try:
        told = [_(each.tries) for each in CHECKS] + [_(each.mend) for each in CHECKS]
    finally:
        use("en")
    assert (told == [each.tries for each in CHECKS] + [each.mend for each in CHECKS]) is (language == "en")


def test_checks_are_chosen_by_their_names() -> None:
    assert [each.id for each in chosen(["keys", "pure"])] == ["pure", "keys"]
    assert chosen() == list(CHECKS)
    with pytest.raises(NotFound, match=r"there is no check 'kees'.*did you mean 'keys'"):
        chosen(["kees"])


# --- what a channel is tried with -------------------------------------------------------------------------------------


def test_a_table_of_options_is_written_as_toml_reads_it() -> None:
    values = {
        "a": 'x "y"\n\\',
        "b": [1, 2.5, True],
        "c": {"env": "N"},
        "d": date(2021, 5, 3),
        "e": None,
        "f": "Ấ \U0001f389\x7f\x01",
    }
    read = tomllib.loads(table(values))
    assert read == {key: value for key, value in values.items() if value is not None}
    with pytest.raises(TypeError, match=r"cannot stand in config\.toml"):
        table({"a": object()})


class Demanding(Settings):
    """Asks for something that nobody can guess, and for a secret, which the kit makes up."""

    site: str
    token: Secret


class Demands(Files):
    name = "demands"
    options = Demanding
    target_options: type[Options] = Demanding


def test_what_is_missing_is_said_with_how_to_give_it() -> None:
    with pytest.raises(LoaError, match=r"demands needs site, targets: site: .*--options FILE"):
        check_channel(Setting(Demands()))


def test_a_file_of_options_has_the_channels_keys_its_targets_and_their_files() -> None:
    text = 'site = "x"\nto = "0900000000"\n[[targets]]\nname = "a"\nsite = "y"\n[content]\n"a.csv" = "phone\\n"\n'
    setting = from_table(Demands(), tomllib.loads(text))
    assert (setting.options, setting.content, setting.to) == ({"site": "x"}, {"a.csv": "phone\n"}, "0900000000")
    assert setting.places() == [{"name": "a", "site": "y"}]
    assert setting.missing() == []


# --- what is tried ----------------------------------------------------------------------------------------------------


def test_a_plugin_is_found_by_its_name_and_by_its_path(tmp_path: Path) -> None:
    (by_name,) = settings_of("rss", None, _options(tmp_path))
    (by_path,) = settings_of(str(ROOT / "plugins" / "rss"), None, _options(tmp_path))
    assert {by_name.channel.name, by_path.channel.name} == {"rss"}
    (from_file,) = settings_of(str(SOUND / "files.py"))
    assert (from_file.channel.name, from_file.plugin) == ("files", "files")
    with pytest.raises(NotFound, match=r"there is no plugin 'rsss': did you mean 'rss'"):
        settings_of("rsss")
    with pytest.raises(NotFound, match=r"neither __init__\.py nor pyproject.toml"):
        settings_of(str(tmp_path))


def _options(folder: Path) -> Path:
    file = folder / "options.toml"
    file.write_text('site = "https://example.org/"\ntitle = "Tin"\n', encoding="utf-8")
    return file


def test_a_project_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "src" / "loa_sheets").mkdir(parents=True)
    (tmp_path / "src" / "loa_sheets" / "__init__.py").write_bytes((SOUND / "files.py").read_bytes())
    (tmp_path / "pyproject.toml").write_text('[project.entry-points."loa.plugins"]\nsheets = "loa_sheets"\n')
    (setting,) = settings_of(str(tmp_path))
    assert (setting.channel.name, setting.plugin) == ("files", "sheets")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(NotFound, match=r"no entry point loa\.plugins"):
        settings_of(str(tmp_path))


def test_a_plugin_that_does_not_load_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "torn.py").write_text("import no_such_module_of_anybody\n")
    with pytest.raises(LoaError, match="plugin torn did not load: ModuleNotFoundError"):
        settings_of(str(tmp_path / "torn.py"))


def test_what_config_toml_says_is_what_a_channel_is_tried_with(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "config.toml").write_text(
        'zone = "Asia/Ho_Chi_Minh"\n[channels.radio]\nreader = "Lan"\n'
        '[[channels.radio.targets]]\nname = "dai"\nslot = "2m"\n[[channels.radio.targets]]\nname = "hai"\n'
    )
    (setting,) = settings_of("radio", tmp_path)
    assert setting.options == {"reader": "Lan"}
    assert [(each["name"], each.get("slot")) for each in setting.places()] == [("dai", "2m"), ("hai", None)]


def test_a_plugin_whose_channel_has_the_name_of_another_is_not_tried_with_that_ones_table(folder: Folder) -> None:
    folder.plugin("kenh_moi", (SOUND / "files.py").read_text("utf-8").replace('name = "files"', 'name = "radio"'))
    with pytest.raises(LoaError, match="kenh_moi did not load: the channel name 'radio' is taken by plugin 'radio'"):
        settings_of("kenh_moi", folder.path)


def test_what_is_wrong_with_the_options_stands_where_a_person_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'zone = "Asia/Ho_Chi_Minh"\n[channels.radio]\n\nreadr = "Lan"\n'
        '[[channels.radio.targets]]\nname = "dai"\n[[channels.radio.targets]]\nname = "hai"\nslott = "3m"\n'
    )
    (setting,) = settings_of("radio", tmp_path)
    with pytest.raises(LoaError) as caught:
        check_channel(setting)
    assert str(caught.value) == (
        "radio cannot be tried: config.toml:4: error: channels.radio.readr: unknown key (did you mean 'reader'?); "
        "config.toml:9: error: channels.radio.targets.hai.slott: unknown key (did you mean 'slot'?)"
    )
    file = tmp_path / "own.toml"
    file.write_text('[rss]\nsite = "https://example.org/"\n\ntitel = "Tin"\n')
    (setting,) = settings_of("rss", None, file)
    with pytest.raises(LoaError, match=rf"{file}:1: error: channels\.rss\.title: .*; {file}:4: error: channels\.rss"):
        check_channel(setting)


@pytest.mark.parametrize(
    ("text", "line"), [("[plugins.radio]\nenabled = 3\n", 3), ("[channels.radio]\nrate = 3\n", 3), ("x = \n", 2)]
)
def test_what_config_toml_has_wrong_for_a_plugin_is_said_in_its_stead(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "config.toml").write_text(f'zone = "Asia/Ho_Chi_Minh"\n{text}')
    with pytest.raises(LoaError, match=rf"radio cannot be tried: config\.toml:{line}: error: "):
        settings_of("radio", tmp_path)


class Sloppy(Settings):
    count: int = "5"  # type: ignore[assignment]
    room: str = None  # type: ignore[assignment]
    pause: timedelta = timedelta(minutes=5)


class Defaults(Files):
    options = Sloppy


def test_a_default_that_is_not_of_its_type_is_found() -> None:
    (result,) = check_channel(Setting(Defaults()), ["options"]).results
    assert [(each.tried, each.happened) for each in result.findings] == [
        ("the default of options.count", "'5' is str, and must be int"),
        ("the default of options.room", "None: Input should be a valid string"),
    ]


# --- no harm ----------------------------------------------------------------------------------------------------------


class Wild(Files):
    """Does in a call what no channel may."""

    def __init__(self, does: Any) -> None:
        self.does = does

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        self.does(context)
        return super().deliver(rendered, context)


def outcome(channel: Any, **given: Any) -> Any:
    with Trial(Setting(channel, **given)) as trial:
        return trial.call(trial.ready()).outcome


def test_nothing_is_written_outside_the_trial_sent_or_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        for does, kind in (
            (lambda context: (tmp_path / "x").write_text("x"), PermissionError),
            (lambda context: socket.create_connection(address, 1).close(), ConnectionRefusedError),
            (lambda context: subprocess.run(["true"], check=True), PermissionError),
        ):
            assert isinstance(outcome(Wild(does)).error, kind)
    assert list(tmp_path.iterdir()) == []


def test_a_path_of_the_options_lies_in_the_trials_folder_even_where_it_is_absolute() -> None:
    seen = []
    outcome(Wild(lambda context: seen.append(context.outside("/var/spool/gammu"))))
    assert seen[0].parts[-3:] == ("var", "spool", "gammu")
    assert "loa-kit-" in seen[0].as_posix()


def test_a_real_secret_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REAL", "the real token")
    with Trial(Setting(Post(), {"token": {"env": "REAL"}})) as trial:
        trial.call(trial.ready())
        assert "the real token" not in trial.outside.asked[0].text()
        assert "Bearer LoaKitCanary" in trial.outside.asked[0].text()


def test_a_trial_leaves_nothing_behind() -> None:
    with Trial(Setting(Files())) as trial:
        trial.call(trial.ready())
        folder = trial.folder
        assert trial.files()
    assert not folder.exists()


def test_words_are_found_however_they_are_wrapped() -> None:
    for data in (b'"B\\u00e0i"', b"B%C3%A0i", b"B=C3=A0i", "Bài".encode(), b"QsOgaSBiw6BpIELDoGkgYsOgaQ=="):
        assert "Bài" in words(data)


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_finding_says_what_was_tried_what_happened_and_how_to_mend_it() -> None:
    check = Check("odd", "Tries.", "Mend it.", lambda kit: iter([Finding("a thing", "it broke")]))
    result = run_check(check, Kit(Setting(Files())))
    assert result.verdict is Verdict.FAILED
    assert result.lines() == ["files::odd: it broke", "  tried: a thing", "  mend: Mend it."]


def test_each_cause_has_its_own_mend(tmp_path: Path) -> None:
    found = [Finding("one", "broke", "Glue it."), Finding("two", "broke", "Glue it."), Finding("three", "is gone")]
    check = Check("odd", "Tries.", "Mend it.", lambda kit: iter(found))
    lines = run_check(check, Kit(Setting(Files()))).lines()
    assert [line.strip() for line in lines if "broke" not in line and "gone" not in line] == [
        "tried: one", "tried: two", "mend: Glue it.", "tried: three", "mend: Mend it.",
    ]  # fmt: skip


class Silent(Files):
    def write(self, name: str, text: str, context: Any) -> Any:
        raise KeyError(name)


class Unlisted(Many):
    def recipients(self, rendered: Any, target: Any, context: Any) -> Iterator[Any]:
        yield from ()


class Particular(Files):
    def check(self, rendered: Any, context: Any) -> Any:
        return [Problem("never")]


@pytest.mark.parametrize(
    ("channel", "happened", "mend"),
    [
        (Silent(), "it ended in KeyError: 'tin_", "Mend what raises there"),
        (Unlisted(), "recipients() gave nobody", "Give its target a list"),
        (Particular(), "never", "An ordinary post must pass render() and check()"),
    ],
)
def test_what_keeps_an_ordinary_post_back_is_mended_by_its_cause(channel: Any, happened: str, mend: str) -> None:
    (result,) = check_channel(Setting(channel), ["sends"]).results
    assert happened in result.findings[0].happened
    assert result.lines()[-1].startswith(f"  mend: {mend}")


def test_how_to_mend_is_said_once_for_a_check() -> None:
    check = Check("odd", "Tries.", "Mend it.", lambda kit: iter([Finding("one", "broke"), Finding("two", "broke")]))
    lines = run_check(check, Kit(Setting(Files()))).lines()
    assert [each for each in lines if "mend" in each] == lines[-1:]


def test_what_stands_against_every_trial_is_said_once() -> None:
    with pytest.raises(LoaError, match=r"files cannot be tried: error: channels\.files\.price"):
        check_channel(Setting(Files(), {"price": -1}))


def test_all_checks_of_a_simple_channel_take_less_than_ten_seconds_of_work() -> None:
    began = time.process_time()
    assert check_channel(Setting(Files())).sound
    assert time.process_time() - began < 10


def test_a_check_that_breaks_is_a_finding() -> None:
    def run(kit: Kit) -> Iterator[Finding]:
        raise KeyError("x")

    result = run_check(Check("odd", "Tries.", "Mend it.", run), Kit(Setting(Files())))
    assert "KeyError: 'x'" in result.findings[0].happened


# --- a world of one's own ---------------------------------------------------------------------------------------------


class Lights:
    """A board on this machine: a line comes in, and OK goes out."""

    scenarios = frozenset(("down", "refuses", "hangs", "drops after accepting"))

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.shown: list[str] = []
        self.scenario = ""
        self.open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def options(self) -> Mapping[str, Any]:
        return {"port": self.port}

    def effects(self) -> list[Any]:
        return list(self.shown)

    def play(self, scenario: str) -> None:
        self.scenario = scenario
        if scenario == "down":
            self._shut()

    def close(self) -> None:
        self._shut()
        for each in self.open:
            each.close()

    def _shut(self) -> None:
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def _serve(self) -> None:
        try:
            while True:
                connection, _address = self.server.accept()
                self.open.append(connection)
                self._answer(connection)
        except OSError:
            return

    def _answer(self, connection: socket.socket) -> None:
        line = b""
        while not line.endswith(b"\n"):
            more = connection.recv(65536)
            if not more:
                return
            line += more
        if self.scenario == "hangs":
            return
        if self.scenario == "refuses":
            connection.sendall(b"NO\n")
            return
        self.shown.append(line.decode())
        if self.scenario == "drops after accepting":
            connection.close()
            return
        connection.sendall(b"OK " + line.split()[1] + b"\n")


class LightOptions(Options):
    port: int


class Lit(BaseChannel[LightOptions]):
    """Shows a line by the door's own connections."""

    name = "lit"
    title = "Lights"
    options = LightOptions

    def render(self, item: Any, context: Any) -> Rendered:
        text = " ".join(item.text.split())
        return Rendered({"line": text}, text)

    def deliver(self, rendered: Rendered, context: Any) -> Receipt:
        with context.connect("127.0.0.1", context.options.port) as board:
            try:
                board.sendall(f"SHOW {context.key}/{context.round} {rendered.body['line']}\n".encode())
                answer = board.recv(200)
            except OSError as error:
                raise self.unheard() from error
        if not answer:
            raise self.unheard()
        if not answer.startswith(b"OK"):
            raise TemporaryFailure("the board refused")
        return Receipt(answer.decode().strip())

    def unheard(self) -> Exception:
        return OutcomeUnknown("the board did not answer")


class Hasty(Lit):
    """Says that nothing went out where nobody knows."""

    def unheard(self) -> Exception:
        return TemporaryFailure("the board did not answer")


def test_a_world_of_ones_own_is_played_and_compared() -> None:
    report = check_channel(
        Setting(Lit(), world=Lights), ("sends", "keys", "verdicts", "time-limit", "concurrent", "unicode")
    )
    assert (report.sound, report.counts()[Verdict.OK]) == (True, 6), str(report)


def test_a_world_catches_who_is_not_honest() -> None:
    report = check_channel(Setting(Hasty(), world=Lights), ("sends", "verdicts"))
    assert report.failed() == ["verdicts"]
    assert "it would go out twice" in str(report)
    assert "drops after accepting" in str(report)


# --- pytest -----------------------------------------------------------------------------------------------------------


def test_pytest_runs_each_check_as_a_test_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "sheet.py").write_bytes((SOUND / "files.py").read_bytes())
    torn = (
        (SOUND / "files.py").read_text("utf-8").replace('title = "Sheets"', 'title = ""').replace('"files"', '"torn"')
    )
    (tmp_path / "torn.py").write_text(torn, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", "-rfs", "-o", "addopts=",
         "-k", "attributes or secrets or pure", "--loa-plugin", "sheet.py", "--loa-plugin", "torn.py", "."],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment(),
    )  # fmt: skip
    assert "1 failed, 3 passed, 2 skipped" in done.stdout, done.stdout + done.stderr
    assert "torn::attributes: it has no title, by which people would know it" in done.stdout
    assert "it has no option that is a secret" in done.stdout
    wrong = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, "-o", "addopts=", "--loa-plugin", "nix", "."],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment(),
    )  # fmt: skip
    assert wrong.returncode == 4
    assert "there is no plugin 'nix'" in wrong.stderr


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def test_pytest_finds_it_by_itself_and_is_not_slowed_down() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"loa": PLUGIN}
    heavy = "{'scheduler.engine', 'pydantic', 'httpx2'}"
    code = f"import {PLUGIN}, sys; sys.exit(bool({heavy} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_trying_a_plugin_needs_no_pytest() -> None:
    code = "from scheduler.testing import *; import sys; sys.exit('pytest' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
