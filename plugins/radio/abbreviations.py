"""Abbreviations that a speaker must not spell, and what is said in their place."""

from __future__ import annotations

SPOKEN = {
    "BHXH": "bảo hiểm xã hội",
    "BHYT": "bảo hiểm y tế",
    "LĐTBXH": "lao động, thương binh và xã hội",
    "LĐ-TB&XH": "lao động, thương binh và xã hội",
    "LĐTB&XH": "lao động, thương binh và xã hội",
    "SLĐTBXH": "sở lao động, thương binh và xã hội",
    "UBND": "uỷ ban nhân dân",
    "HĐND": "hội đồng nhân dân",
    "MTTQ": "mặt trận tổ quốc",
    "NLĐ": "người lao động",
    "NSDLĐ": "người sử dụng lao động",
    "DTTS": "dân tộc thiểu số",
    "HTX": "hợp tác xã",
    "THPT": "trung học phổ thông",
    "THCS": "trung học cơ sở",
    "TP": "thành phố",
    "TP.HCM": "thành phố Hồ Chí Minh",
    "TP. HCM": "thành phố Hồ Chí Minh",
    "TPHCM": "thành phố Hồ Chí Minh",
    "TP HCM": "thành phố Hồ Chí Minh",
    "TP.": "thành phố",
    "Tp.": "thành phố",
    "TW": "trung ương",
    "COVID-19": "cô-vít mười chín",
    "Covid-19": "cô-vít mười chín",
}

AMBIGUOUS = {
    "BHTN": ("bảo hiểm thất nghiệp", "bảo hiểm tự nguyện"),
}
"""What has more than one meaning, and must be written out or listed."""
