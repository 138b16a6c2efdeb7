"""Files that people bring in through the browser: kept for a day under HOME, each for whoever brought it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound, Refusal

LARGEST_UPLOAD = 10 * 2**20
"""Bytes."""
KEPT_FOR = timedelta(days=1)
_ABOUT = "about.json"
_NO_NAME = re.compile(r"[^\w .()+-]+")


class NotOnThisMachine(Refusal):
    """The file is not on this machine; several machines that run Partidor must share HOME."""


class UploadTooLarge(Refusal):
    """The file is larger than {most} MB; import it on the server with partidor import, or in parts."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept file: what it is to become, the mapping as it stands (TOML), and what came of it.

    ``tried`` and ``result`` are tallies; ``rows`` counts up to one more than may be taken in the browser.
    """

    id: UUID
    kind: str
    vendor: str
    owner: str
    name: str
    at: str
    rows: int = 0
    mapping: str = ""
    source: str = ""
    tried: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    job: str = ""
    """The job that reads or takes it in the background."""

    @property
    def folder(self) -> Path:
        """Return where it is kept."""
        return _home() / str(self.id)

    @property
    def path(self) -> Path:
        """Return the file itself, under a name that is none of the system's."""
        return self.folder / self.name

    @property
    def refused(self) -> Path:
        """Return where the refused rows of the run stand."""
        return self.folder / f"{self.name}.refused.csv"


def _home() -> Path:
    return Path(settings.HOME) / "uploads"


def keep_upload(kind: str, name: str, chunks: Iterable[bytes], *, by: Viewer, at: datetime) -> Upload:
    """Keep a file as it comes, piece by piece. Raises UploadTooLarge."""
    forget_old_uploads(at=at)
    safe = _NO_NAME.sub("_", Path(name.replace("\\", "/")).name).strip(" .")[-80:]
    upload = Upload(uuid4(), kind, str(by.vendor_id), by.id, safe or "table", at.isoformat())
    upload.folder.mkdir(mode=0o700, parents=True)
    size = 0
    try:
        with upload.path.open("xb") as opened:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST_UPLOAD:
                    raise UploadTooLarge(most=LARGEST_UPLOAD // 2**20)
                opened.write(chunk)
    except BaseException:
        forget_upload(upload)
        raise
    keep_about(upload)
    return upload


def keep_about(upload: Upload, **changed: object) -> Upload:
    """Write down what is known of an upload, whole or not at all."""
    upload = replace(upload, **changed)  # type: ignore[arg-type]
    written = upload.folder / f".{uuid4()}"
    written.write_text(json.dumps({**asdict(upload), "id": str(upload.id)}, ensure_ascii=False), encoding="utf-8")
    written.replace(upload.folder / _ABOUT)
    return upload


def upload_of(upload_id: UUID, *, by: Viewer, at: datetime) -> Upload:
    """Return a kept file of one's own; NotFound otherwise, and when its day is over."""
    upload = upload_in(upload_id, by)
    if upload.owner != by.id or _is_old(upload.at, at):
        raise NotFound(what="file")
    return upload


def upload_in(upload_id: UUID, by: Viewer) -> Upload:
    """Return a kept file of the vendor's, for the job that takes it; NotFound otherwise."""
    try:
        about = json.loads((_home() / str(upload_id) / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotFound(what="file") from None
    upload = Upload(**{**about, "id": UUID(about["id"])})
    if upload.vendor != str(by.vendor_id):
        raise NotFound(what="file")
    return upload


def forget_upload(upload: Upload) -> None:
    """Delete a kept file and all about it."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def forget_old_uploads(*, at: datetime) -> int:
    """Delete what is older than a day; return how many."""
    gone = 0
    for folder in _home().iterdir() if _home().is_dir() else ():
        try:
            begun = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))["at"]
            old = _is_old(begun, at)
        except (OSError, ValueError, KeyError):
            # Not yet described, or no more: an upload takes no day.
            old = folder.is_dir() and folder.stat().st_mtime < (at - KEPT_FOR).timestamp()
        if old:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _is_old(begun: str, at: datetime) -> bool:
    return datetime.fromisoformat(begun) < at - KEPT_FOR
