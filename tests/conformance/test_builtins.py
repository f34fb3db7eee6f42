"""The channels that ship with Loa hold all that the kit asks of anybody's."""

from __future__ import annotations

from plugins.fanpage import Fanpage
from plugins.radio import Radio
from plugins.rss import Rss
from plugins.sms import Sms
from scheduler.testing import conformance

LIST = "phone,name\n+84912345678,An\n+84912345679,Bình\n+84912345670,Chi\n"

test_radio = conformance(Radio(), targets=[{"name": "dai-mot", "slot": "3m"}, {"name": "dai-hai", "confirm": True}])
test_package = conformance(Fanpage())
test_page = conformance(Fanpage(), options={"page_id": "123", "token": {"env": "TOKEN"}})
test_feed = conformance(
    Rss(),
    options={"site": "https://example.org/tin/", "title": "Tin"},
    targets=[{"name": "mot"}, {"name": "hai", "folder": "hai"}],
)
test_sms = conformance(
    Sms(), targets=[{"name": "mot", "list": "contacts/a.csv"}], content={"contacts/a.csv": LIST}, to="0912345678"
)
