from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.radio.reading import Reader

READER = Reader({})
READABLE = {
    "ngày 27/5/2021": "ngày hai mươi bảy tháng năm năm hai nghìn không trăm hai mươi mốt",
    "Ngày 1/4": "Ngày một tháng tư",
    "2021-05-03": "ngày ba tháng năm năm hai nghìn không trăm hai mươi mốt",
    "tối thứ Bảy 22/5": "tối thứ Bảy ngày hai mươi hai tháng năm",
    "18h30 thứ Bảy, 22/05/2021": "mười tám giờ ba mươi phút thứ Bảy, ngày hai mươi hai tháng năm năm hai nghìn không "
    "trăm hai mươi mốt",
    "03/06/2021 – 04/06/2021": "ngày ba tháng sáu năm hai nghìn không trăm hai mươi mốt đến ngày bốn tháng sáu năm hai "
    "nghìn không trăm hai mươi mốt",
    "từ 1/5 đến 30/6": "từ ngày một tháng năm đến ngày ba mươi tháng sáu",
    "ngày 22-23/5": "ngày hai mươi hai đến ngày hai mươi ba tháng năm",
    "Quốc tế Lao động 1/5": "Quốc tế Lao động ngày một tháng năm",
    "tháng 5/2021": "tháng năm năm hai nghìn không trăm hai mươi mốt",
    "Quảng trường 16 tháng 4": "Quảng trường mười sáu tháng tư",
    "thứ 4, quý 4, lần thứ 1": "thứ tư, quý tư, lần thứ nhất",
    "12 tháng": "mười hai tháng",
    "18h30": "mười tám giờ ba mươi phút",
    "7h": "bảy giờ",
    "07:00": "bảy giờ",
    "7h30–10h": "bảy giờ ba mươi phút đến mười giờ",
    "7 giờ 30 phút": "bảy giờ ba mươi phút",
    "22%": "hai mươi hai phần trăm",
    "2,64 %": "hai phẩy sáu mươi tư phần trăm",
    "10%-20%": "mười phần trăm đến hai mươi phần trăm",
    "107.800đ": "một trăm linh bảy nghìn tám trăm đồng",
    "1.500.000 đồng": "một triệu năm trăm nghìn đồng",
    "330.000 VNĐ/tháng": "ba trăm ba mươi nghìn đồng mỗi tháng",
    "15 - 20 triệu đồng/người/năm": "mười lăm đến hai mươi triệu đồng mỗi người mỗi năm",
    "giai đoạn 2021-2025": "giai đoạn hai nghìn không trăm hai mươi mốt đến hai nghìn không trăm hai mươi lăm",
    "Kế hoạch 1189/KH-SLĐTBXH": "Kế hoạch một nghìn một trăm tám mươi chín",
    "Nghị định số 28/2020/NĐ-CP": "Nghị định số hai mươi tám năm hai nghìn không trăm hai mươi",
    "Luật số 58/2014/QH13": "Luật số năm mươi tám năm hai nghìn không trăm mười bốn",
    "gọi 1900 9068.": "gọi một chín không không, chín không sáu tám.",
    "0259.3822.123": "không hai năm chín, ba tám hai hai, một hai ba",
    "0912345678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "+84 912 345 678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "tổng đài 1022": "tổng đài một không hai hai",
    "thôn Tà Lú 1": "thôn Tà Lú một",
    "quý II, thế kỷ XXI, khoá XIV": "quý hai, thế kỷ hai mươi mốt, khoá mười bốn",
    "5km, 1.000 m2": "năm ki-lô-mét, một nghìn mét vuông",
    "COVID-19": "Cô-vít mười chín",
    "Sở LĐ-TB&XH": "Sở lao động, thương binh và xã hội",
    "UBND TP. Phan Rang": "Uỷ ban nhân dân thành phố Phan Rang",
    "Đủ tuổi. BHXH trả": "Đủ tuổi. Bảo hiểm xã hội trả",
    "ông & bà": "ông và bà",
    "007": "không không bảy",
    "38°C": "ba mươi tám độ C",
    "37,5 °C": "ba mươi bảy phẩy năm độ C",
    "góc 45°": "góc bốn mươi lăm độ",
    "quý IV/2026": "quý tư năm hai nghìn không trăm hai mươi sáu",
    "Quý 4/2026": "Quý tư năm hai nghìn không trăm hai mươi sáu",
    "quý I, II và III": "quý một, hai và ba",
    "chương II-IV": "chương hai đến bốn",
    "TP.HCM": "Thành phố Hồ Chí Minh",
    "ở TP.Phan Rang": "ở thành phố Phan Rang",
    "5‰": "năm phần nghìn",
    "1.000 m²": "một nghìn mét vuông",
    "12m³ nước": "mười hai mét khối nước",
    "60km/h": "sáu mươi ki-lô-mét một giờ",
    "300 kWh": "ba trăm ki-lô-oát giờ",
    "3-4 người": "ba đến bốn người",
    "2 - 3%": "hai đến ba phần trăm",
    "7-8/5": "ngày bảy đến ngày tám tháng năm",
    "7-8/5/2021": "ngày bảy đến ngày tám tháng năm năm hai nghìn không trăm hai mươi mốt",
    "08h-10h": "tám giờ đến mười giờ",
    "22h-5h": "hai mươi hai giờ đến năm giờ",
    "+84912345678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "(0259) 3822 123": "không hai năm chín, ba tám hai hai, một hai ba",
    "1.000đ/tháng": "một nghìn đồng mỗi tháng",
    "5 triệu đ": "năm triệu đồng",
    "8%/năm": "tám phần trăm mỗi năm",
    "2 lần/tuần": "hai lần mỗi tuần",
    "nho, táo, v.v.": "nho, táo, vân vân",
    "nho, táo v.v. Bà con": "nho, táo vân vân. Bà con",
    "nho, táo vv": "nho, táo vân vân",
    "nho… v.v…": "nho… vân vân",
    "ngày 05 tháng 05": "ngày năm tháng năm",
    "05 hộ nghèo": "năm hộ nghèo",
    "tháng 05-2021": "tháng năm năm hai nghìn không trăm hai mươi mốt",
    "thứ Tư, 1/5": "thứ Tư, ngày một tháng năm",
    "phần xi măng": "phần xi măng",
    "Phan Rang - Tháp Chàm": "Phan Rang - Tháp Chàm",
    "“Hôm nay”, (chị) Mến…": "“Hôm nay”, (chị) Mến…",
}


@pytest.mark.parametrize("written", READABLE)
def test_it_is_read_in_words(written: str) -> None:
    reading = READER.read(written)
    assert reading.text == READABLE[written]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("BHTN", "bảo hiểm thất nghiệp, or bảo hiểm tự nguyện"),
        ("theo QĐ của TTg", "QĐ is no known abbreviation"),
        ("theo QĐ của TTg", "TTg is no known abbreviation"),
        ("ứng dụng VssID", "VssID is no known abbreviation"),
        ("đóng 1/3 lương", "'1/3' can be a date or a fraction"),
        ("phục vụ 24/7", "'24/7' can be a date or a fraction"),
        ("ngày 1-5", "'ngày 1-5' can be one day or several"),
        ("ngày 31/2/2021", "is not a date"),
        ("ngày 20/11/21", "is not a date"),
        ("tháng 13/2021", "is not a month"),
        ("lúc 25h", "is not an hour"),
        ("2,021 người", "'2,021' can be read in more than one way"),
        ("3.5 điểm", "'3.5' can be read in more than one way"),
        ("và/hoặc", "'và/hoặc' has a slash"),
        ("mở cửa, 24/7", "'24/7' can be a date or a fraction"),
        ("đóng đủ, 1/3", "'1/3' can be a date or a fraction"),
        ("giảm đến 1/3", "'1/3' can be a date or a fraction"),
        ("từ 1/3 đến 1/2", "'1/3' can be a date or a fraction"),
        ("đạt 5/5 tiêu chí", "'5/5' can be a date or a fraction"),
        ("nhà số 12/3", "'12/3' can be a date or a fraction"),
        ("Chỉ thị số 12-CT/TW", "'12-CT/TW' names who issued it"),
        ("Nghị quyết 28-NQ/TW", "'28-NQ/TW' names who issued it"),
        ("Nghị quyết 05/NQ-TW", "'05/NQ-TW' names who issued it"),
        ("mạng 5G", "'5G' runs figures"),
        ("lớp 5A2", "'5A2' runs figures"),
        ("ở Q.1", "'Q.1' runs figures"),
        ("thắng 2:1", "'2:1' runs figures"),
        ("tỷ lệ 1:10", "'1:10' can be an hour or a ratio"),
        ("thắng 2-1", "'2-1' is no range"),
        ("mã 1-2-3", "'1-2-3' is no range"),
        ("I, II, III", "'I, II, III' can be Roman numerals"),
        ("bảng V", "'V' can be Roman numerals"),
        ("chương IIX", "'IIX' is no Roman numeral"),
        ("lúc 7g", "'7g' can be an hour or grams"),
        ("tỷ lệ 1/1000", "'1/1000' can be a month or a ratio"),
        ("bản đồ 1/2000", "'1/2000' can be a month or a ratio"),
        ("tỷ lệ 5/2021", "'5/2021' can be a month or a ratio"),
        ("lạnh -5°C", "'-5' has a sign"),
        ("tăng +12", "'+12' has a sign"),
        ("1 000 000 đồng", "'1 000 000' can be one number or several"),
        ("số 05", "'05' can be said with its zero"),
        ("theo § này", "'§' has a sign"),
        ("giá > sức", "'>' has a sign"),
        ("nhạc R&B", "'R&B' has a sign"),
        ("gửi @sở", "'@sở' has a sign"),
        ("đủ ½ giá", "'½' has a sign"),
        ("vui 😀", "'😀' has a sign"),
        ("hỏi tin2021@b.vn", "'tin2021@b.vn' has signs"),
        ("vào ninh-thuan.gov.vn", "'ninh-thuan.gov.vn' has signs"),
        ("xem abc.io nhé", "'abc.io' runs figures"),
        ("50k một vé", "'50k' runs figures"),
        ("tấm 3 x 4", "'3 x 4' can be a product"),
        ("giá $5", "'$5' has a sign"),
    ],
)
def test_what_is_unclear_is_reported_and_stays(written: str, problem: str) -> None:
    reading = READER.read(written)
    assert any(problem in str(each) for each in reading.problems)
    assert reading.text == written


def test_a_problem_is_told_once() -> None:
    assert len(READER.read("BHTN, BHTN và 1/3").problems) == 2


def test_the_list_of_the_campaign_goes_first() -> None:
    reader = Reader({"BHTN": "bảo hiểm thất nghiệp", "VssID": "VssID", "UBND": "ủy ban nhân dân"})
    reading = reader.read("Hỏi UBND về BHTN trên VssID")
    assert reading.text == "Hỏi ủy ban nhân dân về bảo hiểm thất nghiệp trên VssID"
    assert reading.problems == ()


def test_an_address_is_spoken_and_remarked() -> None:
    reading = READER.read("xem https://baohiemxahoi.gov.vn/tra-cuu, hỏi a@b.vn")
    assert reading.text == "xem baohiemxahoi chấm gov chấm vn, hỏi a a còng b chấm vn"
    assert [*map(str, reading.remarks)] == [
        "the address https://baohiemxahoi.gov.vn/tra-cuu is hard to catch by ear: only baohiemxahoi.gov.vn is said",
        "the address a@b.vn is hard to catch by ear",
    ]


def test_a_problem_names_what_was_typed() -> None:
    reading = READER.read("UBND/HĐND xã, quý IV/26, BHYT/24h và 5kg/ha")
    assert [each.values[0] for each in reading.problems] == ["UBND/HĐND", "IV/26", "BHYT/24h", "5kg/ha"]
    assert reading.text == "UBND/HĐND xã, quý IV/26, BHYT/24h và 5kg/ha"


def test_signs_of_private_use_say_nothing() -> None:
    assert READER.read("Bà \U000f0000con\U00100001 1").text == "Bà con một"


def test_the_dialect_reaches_every_figure() -> None:
    south = Reader({}, south=True)
    assert south.read("1.005 đồng").text == "một ngàn không trăm lẻ năm đồng"


@given(st.text("0123456789/.,-:%hđ ngàythág", max_size=40))
def test_no_figure_is_left_without_a_word_of_it(text: str) -> None:
    reading = READER.read(text)
    if not reading.problems:
        assert not any(each.isdigit() or each == "/" for each in reading.text)
    assert not any(ord(each) >= 0xF0000 for each in reading.text)
