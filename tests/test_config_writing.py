"""config.toml with one key set: what a person wrote stays, byte for byte, wherever the table stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.ground.errors import CampaignInvalid
from scheduler.plan.config_writing import with_flag, with_tables

RADIO = ("plugins", "radio")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('zone = "Asia/Tokyo"  # here\n', 'zone = "Asia/Tokyo"  # here\n\n[plugins.radio]\nenabled = false\n'),
        ('zone = "Asia/Tokyo"', 'zone = "Asia/Tokyo"\n\n[plugins.radio]\nenabled = false\n'),
        ("", "[plugins.radio]\nenabled = false\n"),
        (
            "[plugins.radio] # ours\nenabled = true   # since May\nisolated = true\n\n[screen]\n",
            "[plugins.radio] # ours\nenabled = false   # since May\nisolated = true\n\n[screen]\n",
        ),
        (
            "[plugins.radio] # ours\nisolated = true\n[screen]\n",
            "[plugins.radio] # ours\nenabled = false\nisolated = true\n[screen]\n",
        ),
        ("[plugins.radio]", "[plugins.radio]\nenabled = false\n"),
        ("[plugins]\nradio = { isolated = true }\n", "[plugins]\nradio = { enabled = false, isolated = true }\n"),
        ("[plugins]\nradio = {}\n", "[plugins]\nradio = { enabled = false }\n"),
        ("[plugins]\nradio.isolated = true\n", "[plugins]\nradio.enabled = false\nradio.isolated = true\n"),
        ("plugins.radio.isolated = true\n", "plugins.radio.enabled = false\nplugins.radio.isolated = true\n"),
        ("[screen]\r\n", "[screen]\r\n\r\n[plugins.radio]\r\nenabled = false\r\n"),
        ("\ufeff[screen]\n", "\ufeff[screen]\n\n[plugins.radio]\nenabled = false\n"),
        ("[plugins.radio]\nenabled = false # off\n", "[plugins.radio]\nenabled = false # off\n"),
    ],
)
def test_the_key_is_set_where_its_table_stands(before: str, after: str) -> None:
    assert with_flag(before.encode(), RADIO, "enabled", False).decode() == after


@pytest.mark.parametrize(
    "text", ["[plugins]\nradio = 3\n", "plugins = 3\n", "[[plugins.radio]]\nenabled = true\n", "[plugins\n", "a = \xff"]
)
def test_what_cannot_be_set_in_place_is_said_and_left(text: str) -> None:
    with pytest.raises(CampaignInvalid, match=r"config\.toml: "):
        with_flag(text.encode("latin-1"), RADIO, "enabled", False)


def test_a_name_that_is_no_bare_key_is_quoted() -> None:
    assert tomllib.loads(with_flag(b"", ("plugins", "a.b"), "enabled", True).decode()) == {
        "plugins": {"a.b": {"enabled": True}}
    }


@given(
    st.lists(
        st.sampled_from(
            [
                "# note",
                "",
                "[plugins.radio]",
                "[plugins.rss]",
                "[screen]",
                "enabled = true",
                "isolated = true",
                "x.y = 1",
            ]
        ),
        max_size=7,
    ),
    st.booleans(),
)
def test_nothing_but_that_key_ever_differs(lines: list[str], value: bool) -> None:
    text = "\n".join(lines)
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    after = with_flag(text.encode(), RADIO, "enabled", value).decode()
    wanted.setdefault("plugins", {}).setdefault("radio", {})["enabled"] = value
    assert tomllib.loads(after) == wanted
    assert with_flag(after.encode(), RADIO, "enabled", value).decode() == after
    assert [line for line in lines if line.startswith("#")] == [x for x in after.split("\n") if x.startswith("#")]


def test_tables_are_added_at_the_end() -> None:
    added = '[channels.board]\nprice = 500\n\n[[channels.board.targets]]\nname = "noi"\n'
    assert with_tables(b'zone = "Asia/Tokyo" # here', added).decode() == f'zone = "Asia/Tokyo" # here\n\n{added}'


def test_tables_that_are_there_already_are_refused() -> None:
    with pytest.raises(CampaignInvalid, match=r"cannot be added"):
        with_tables(b"[channels.board]\nprice = 1\n", "[channels.board]\nprice = 2\n")
