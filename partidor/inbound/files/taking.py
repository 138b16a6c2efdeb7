"""A kept file taken, or only read: at once for a small one, step by step as a job for a large one. One way for both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from partidor.access.viewer import Viewer
from partidor.domain.intake.mapping import ImportMapping, Kind
from partidor.domain.refusal import NotFound
from partidor.inbound.files.batches import BATCH, Take, Tally, lines_of, refused_beside, taking
from partidor.inbound.files.leads import leads_taken, leads_tried
from partidor.inbound.files.partners import partners_taken, partners_tried
from partidor.inbound.files.uploads import NotOnThisMachine, Upload, keep_about, upload_in

PARTNERS_AT_ONCE = 2_000
"""Partners that are one transaction and one version of the network."""


def take_for(kind: Kind, source: str, *, by: Viewer, dry: bool) -> Take:
    """Return what takes rows of a kind, or only reads them."""
    if kind == "partners":
        return partners_tried(by=by) if dry else partners_taken(by=by)
    return (leads_tried if dry else leads_taken)(source, by=by)


def steps_of(upload: Upload, *, by: Viewer, dry: bool) -> Iterator[Tally]:
    """Take a kept file a batch at a time. Raises UnreadableTable, WrongContent."""
    kind: Kind = "partners" if upload.kind == "partners" else "leads"
    take = take_for(kind, upload.source, by=by, dry=dry)
    lines = lines_of(upload.path, ImportMapping.read(upload.mapping, kind))
    batch_of = PARTNERS_AT_ONCE if kind == "partners" and not dry else BATCH
    with refused_beside(None if dry else upload.path) as refused:
        yield from taking(lines, take, refused=refused, batch_of=batch_of)


def kept_result(upload: Upload, tally: Tally, *, dry: bool) -> Upload:
    """Keep what came of a file, or would come."""
    said = {**asdict(tally), "flags": dict(tally.flags.most_common())}
    return keep_about(upload, **{"tried" if dry else "result": said})


def import_job(by: Viewer, wanted: Mapping[str, Any]) -> Iterator[float | dict[str, Any]]:
    """Run the import of a kept file as a job; begun again, it takes only what is missing."""
    try:
        upload = upload_in(UUID(wanted["upload"]), by)
    except NotFound as error:
        raise NotOnThisMachine from error
    tally = Tally()
    for tally in steps_of(upload, by=by, dry=wanted["dry"]):
        yield tally.rows / max(1, upload.rows)
    kept_result(upload, tally, dry=wanted["dry"])
    yield {name: getattr(tally, name) for name in ("rows", "taken", "repeated", "refused", "flagged")}
