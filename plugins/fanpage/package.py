"""A post that a person pastes by hand: a folder with the text, the pictures and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.api import Receipt, replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.api import DeliverContext, Key, Rendered

_PICTURE = "anh-"


def folder_name(key: Key) -> str:
    """Return the folder of a delivery: the same for ever, and no other delivery's."""
    return f"{key.recurrence}_{key.post}_{key.target}"


def write(rendered: Rendered, context: DeliverContext[Any]) -> Receipt:
    """Write the package, or leave it as it is where nothing changed.

    A picture that an earlier version of the package had is taken away; what a person put beside
    them stays. Raises `OSError`.
    """
    folder = context.out / folder_name(context.key)
    folder.mkdir(parents=True, exist_ok=True)
    files = dict(_files(rendered, context))
    for name, data in files.items():
        _put(folder / name, data)
    for old in folder.glob(f"{_PICTURE}*"):
        if old.name not in files:
            old.unlink()
    if not rendered.body["link"]:
        (folder / "link.txt").unlink(missing_ok=True)
    for each in (folder, folder.parent):
        sync_folder(each)
    return Receipt(folder.name, detail={"files": sorted(files)}, handed=True)


def replace_readme(key: Key, text: str, out: Path) -> Receipt:
    """Write another README.txt into a package's folder, be there a package or not. Raises `OSError`."""
    folder = out / folder_name(key)
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / "README.txt", text.encode())
    for each in (folder, folder.parent):
        sync_folder(each)
    return Receipt(folder.name, detail={"files": ["README.txt"]}, handed=True)


def standing(key: Key, out: Path) -> Receipt | None:
    """Return the receipt of a package that was written to its end, or ``None``."""
    folder = out / folder_name(key)
    if not (folder / "README.txt").is_file():
        return None
    files = sorted(each.name for each in folder.iterdir())
    return Receipt(folder.name, detail={"files": files}, handed=True)


def _files(rendered: Rendered, context: DeliverContext[Any]) -> Iterator[tuple[str, bytes]]:
    body = rendered.body
    yield "text.txt", f"{body['message']}\n".encode()
    names = []
    for number, photo in enumerate(rendered.files, start=1):
        ending = photo.name.rpartition(".")[2].lower() if "." in photo.name else "jpg"
        names.append(f"{_PICTURE}{number}.{ending}")
        yield names[-1], photo.data
    if body["link"]:
        yield "link.txt", f"{body['link']}\n".encode()
    yield "README.txt", _readme(body, names, context).encode()


def _readme(body: Any, pictures: list[str], context: DeliverContext[Any]) -> str:
    when = context.publish_at.astimezone(context.zone)
    steps = ["Mở text.txt, chọn tất cả, chép rồi dán vào ô soạn bài của trang."]
    if pictures:
        steps.append(f"Tải ảnh lên theo đúng thứ tự: {', '.join(pictures)}.")
        alts = zip(pictures, body["photos"], strict=True)
        steps += [f"Văn bản thay thế của {name}: “{about['alt']}”." for name, about in alts if about["alt"]]
    if body["link"]:
        steps.append("Dán đường dẫn trong link.txt xuống cuối bài và chờ Facebook hiện khung xem trước.")
    steps += [
        "Xem lại bài một lượt, rồi bấm Đăng.",
        "Chép địa chỉ của bài vừa đăng và xác nhận trong Loa, kèm địa chỉ đó làm bằng chứng.",
    ]
    lines = [
        "DÁN BÀI NÀY LÊN TRANG THẾ NÀO",
        "",
        f"Trang:     {context.target.title or context.target.name}",
        f"Giờ đăng:  {when:%H:%M} ngày {when:%d/%m/%Y}",
        f"Mã bài:    {context.key}",
        "",
        *(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
        "",
        "Bài đã được duyệt nguyên văn: xin không sửa chữ. Cần sửa thì sửa trong Loa và duyệt lại.",
    ]
    return "\n".join(lines) + "\n"


def _put(path: Path, data: bytes) -> None:
    if path.is_file() and path.read_bytes() == data:
        return
    replace_file(path, data)
