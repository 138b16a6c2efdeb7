"""Partners and leads from a file, in the browser: bring it, say which column is which field, look, try, take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from partidor.access.jobs import IMPORTS
from partidor.actions.jobs import start_job
from partidor.domain.intake.mapping import ImportMapping, Kind
from partidor.domain.intake.mapping_text import mapping_text
from partidor.domain.refusal import NotFound, Refusal, WrongContent
from partidor.domain.words import FLAG
from partidor.inbound.files.batches import Tally
from partidor.inbound.files.preview import Previewed, Sampled, previewed, rows_in, sampled
from partidor.inbound.files.tables import UnreadableTable
from partidor.inbound.files.taking import kept_result, steps_of, take_for
from partidor.inbound.files.uploads import (
    LARGEST_UPLOAD,
    Upload,
    UploadTooLarge,
    forget_upload,
    keep_about,
    keep_upload,
    upload_of,
)
from partidor.inbound.web.components.doors import ConsoleVisit, console_form, console_page
from partidor.inbound.web.components.errors import sentence_of
from partidor.inbound.web.components.live import live, version_of
from partidor.inbound.web.console.faults import said
from partidor.inbound.web.console.imports.form import field_name, filled, posted
from partidor.inbound.web.console.imports.rows import RowShown, shown_rows, told_again
from partidor.queries.jobs import one_job
from partidor.queries.settings.sources import source_names

AT_ONCE = 500
"""Rows that are taken while the browser waits."""
MOST_ROWS = 20_000
"""Rows that are taken in the background; more of them are for the command line."""
MOST_TOML = 100_000


@console_form
def partners(visit: ConsoleVisit) -> HttpResponse:
    """Bring a file of partners."""
    return _bring(visit, "partners")


@console_form
def leads(visit: ConsoleVisit) -> HttpResponse:
    """Bring a file of leads."""
    return _bring(visit, "leads")


def _need(visit: ConsoleVisit, kind: str) -> None:
    visit.viewer.require_vendor(f"{kind}:write")


def _own(visit: ConsoleVisit, upload_id: UUID) -> Upload:
    """Return a file that the visitor brought, as far as the role still goes."""
    visit.viewer.require_vendor("partners:write", "leads:write")
    upload = upload_of(upload_id, by=visit.viewer, at=visit.at)
    _need(visit, upload.kind)
    return upload


def _bring(visit: ConsoleVisit, kind: Kind) -> HttpResponse:
    _need(visit, kind)
    wrong = ""
    if visit.request.method == "POST":
        try:
            upload = _kept(visit, kind)
        except Refusal as refusal:
            wrong = _sentence(refusal)
        else:
            return visit.go("console:import", visit.slug, upload.id)
    context = {"room": kind, "kind": kind, "wrong": wrong, "most": LARGEST_UPLOAD // 2**20, "rows": MOST_ROWS}
    return visit.show("console/imports/bring.html", context, status=422 if wrong else 200)


def _kept(visit: ConsoleVisit, kind: Kind) -> Upload:
    """Keep what was posted, look whether it is a table, and guess or take over its mapping."""
    if int(visit.request.META.get("CONTENT_LENGTH") or 0) > LARGEST_UPLOAD + 2**18:
        raise UploadTooLarge(most=LARGEST_UPLOAD // 2**20)
    given = visit.request.FILES.get("file")
    if given is None or not given.size:
        raise UnreadableTable(name=given.name if given else "–", why="it is empty.")
    upload = keep_upload(kind, given.name or "", given.chunks(), by=visit.viewer, at=visit.at)
    try:
        table = sampled(upload.path)
        if not (rows := rows_in(upload.path, MOST_ROWS + 1)):
            raise UnreadableTable(name=given.name or "–", why="it has nothing below its first row.")
        toml = visit.request.FILES.get("mapping")
        mapping = ImportMapping.read(_toml(toml.read(MOST_TOML)), kind) if toml and toml.size else table.mapping(kind)
        sources = source_names(visit.viewer) if kind == "leads" else []
        source = "import" if "import" in sources else next(iter(sources), "")
        return keep_about(upload, mapping=mapping_text(mapping), rows=rows, source=source)
    except Refusal:
        forget_upload(upload)
        raise


def _toml(read: bytes) -> str:
    return read.decode("utf-8-sig", errors="replace")


def _sentence(refusal: Refusal) -> str:
    if isinstance(refusal, WrongContent):
        return "; ".join(f"{field_name(error.field)}: {said(error.message)}" for error in refusal.errors[:5])
    if isinstance(refusal, UnreadableTable):
        why = said(str(refusal.facts["why"]))
        return _("The file {name} cannot be read as a table: {why}").format(name=refusal.facts["name"], why=why)
    if isinstance(refusal, UploadTooLarge):
        told = _("The file is larger than {most} MB. Import it in parts, or on the server with partidor import.")
        return told.format_map(refusal.facts)
    return sentence_of(refusal)


@console_form
def show(visit: ConsoleVisit, upload_id: UUID) -> HttpResponse:
    """Map a kept file, look at its first rows, try all of them, and take them."""
    upload = _own(visit, upload_id)
    if visit.request.method != "POST":
        return _show(visit, upload)
    try:
        upload = _mapped(visit, upload)
        match visit.request.POST.get("do", ""):
            case "try" | "run" as do:
                upload = _run(visit, upload, dry=do == "try")
    except Refusal as refusal:
        return _show(visit, upload, wrong=_sentence(refusal))
    to = reverse("console:import", args=[visit.slug, upload.id])
    return visit.go(f"{to}#{'came' if upload.result or upload.tried or upload.job else 'rows'}")


def _mapped(visit: ConsoleVisit, upload: Upload) -> Upload:
    """Keep the mapping as it was posted; what was tried with another one counts no more."""
    kind = _kind(upload)
    before = ImportMapping.read(upload.mapping, kind)
    toml = visit.request.FILES.get("mapping")
    if toml and toml.size:
        mapping = ImportMapping.read(_toml(toml.read(MOST_TOML)), kind)
    else:
        mapping = posted(visit.request.POST, kind, sampled(upload.path, before), before)
    source = visit.request.POST.get("source", "") if kind == "leads" else ""
    text = mapping_text(mapping)
    if (text, source) == (upload.mapping, upload.source):
        return upload
    return keep_about(upload, mapping=text, source=source, tried=None, result=None, job="")


def _kind(upload: Upload) -> Kind:
    return "partners" if upload.kind == "partners" else "leads"


def _run(visit: ConsoleVisit, upload: Upload, *, dry: bool) -> Upload:
    """Take all rows, or only read them: the way that ``partidor import`` goes; a large file as a job."""
    if upload.rows > MOST_ROWS:
        raise TooManyRows(most=f"{MOST_ROWS:,}")
    if upload.rows > AT_ONCE:
        upload = keep_about(upload, tried=None, result=None)
        wanted = {"upload": str(upload.id), "dry": dry}
        return keep_about(
            upload, job=str(start_job(IMPORTS[_kind(upload)], wanted, by=visit.viewer, at=visit.at)[0].pk)
        )
    tally = [Tally(), *steps_of(upload, by=visit.viewer, dry=dry)][-1]
    return kept_result(upload, tally, dry=dry)


class TooManyRows(Refusal):
    """This file has more than {most} rows; take it on the server: partidor import."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of the rows, or would come."""

    rows: int
    taken: int
    repeated: int
    refused: int
    flags: tuple[tuple[str, int], ...]
    unplaced: bool


def _came(tally: Mapping[str, object] | None) -> Came | None:
    if tally is None:
        return None
    flags = tally["flags"]
    assert isinstance(flags, dict)
    named = tuple((_(FLAG.get(flag, flag)), count) for flag, count in flags.items())
    rows, taken, repeated, refused = (int(str(tally[name])) for name in ("rows", "taken", "repeated", "refused"))
    return Came(rows, taken, repeated, refused, named, "not_placed" in flags)


def _show(visit: ConsoleVisit, upload: Upload, wrong: str = "") -> HttpResponse:
    kind = _kind(upload)
    mapping = ImportMapping.read(upload.mapping, kind)
    try:
        table = sampled(upload.path, mapping)
    except UnreadableTable as refusal:  # another encoding or delimiter than the file has
        wrong, table = _sentence(refusal), sampled(upload.path)
    paths = _paths(mapping)
    rows: list[RowShown] = []
    if not wrong:
        try:
            rows = shown_rows(_previewed(visit, upload, mapping), paths)
        except Refusal as refusal:
            wrong = _sentence(refusal)
    sources = source_names(visit.viewer) if kind == "leads" else []
    job = one_job(visit.viewer, UUID(upload.job)) if upload.job else None
    context = {
        "room": kind,
        "kind": kind,
        "upload": upload,
        "form": filled(mapping, kind, table),
        "columns": _columns(table, mapping),
        "heads": [field_name(one) for one in paths],
        "rows": rows,
        "wrong": wrong,
        "sources": sources,
        "too_many": upload.rows > MOST_ROWS,
        "most": MOST_ROWS,
        "job": job,
        "runs": job is not None and job.state in ("waiting", "running"),
        "version": version_of(job, visit.language),
        "tried": _came(upload.tried),
        "result": _came(upload.result),
        "command": f"partidor import {kind} {upload.name} --vendor {visit.slug} --mapping mapping.toml",
    }
    return visit.show("console/imports/page.html", context, status=422 if wrong else 200)


def _columns(table: Sampled, mapping: ImportMapping) -> list[tuple[str, tuple[str, ...], str]]:
    """Tell of each column its samples and what becomes of it."""
    used: dict[str, list[str]] = {}
    for one, cell in (*mapping.fields.items(), *((f"tags.{name}", cell) for name, cell in mapping.tags.items())):
        for column in cell.columns:
            used.setdefault(column, []).append(field_name(one))
    return [(name, table.samples[name], ", ".join(used.get(name, ()))) for name in table.header]


def _paths(mapping: ImportMapping) -> list[str]:
    fields = dict.fromkeys((*mapping.fields, *(path for path in mapping.defaults)))
    return [*fields, *(f"tags.{name}" for name in mapping.tags)]


def _previewed(visit: ConsoleVisit, upload: Upload, mapping: ImportMapping) -> Iterable[Previewed]:
    return previewed(upload.path, mapping, take_for(_kind(upload), upload.source, by=visit.viewer, dry=True))


@console_page
def progress(visit: ConsoleVisit, upload_id: UUID) -> HttpResponse:
    """Show how far the job of a file is; when it has ended, the page again."""
    upload = _own(visit, upload_id)
    job = one_job(visit.viewer, UUID(upload.job)) if upload.job else None
    if job is None or job.state not in ("waiting", "running"):
        return visit.go("console:import", visit.slug, upload.id)
    return live(
        visit, "console/imports/_progress.html", {"upload": upload, "job": job}, version_of(job, visit.language)
    )


@console_page
def refused_rows(visit: ConsoleVisit, upload_id: UUID) -> HttpResponse:
    """Give the refused rows with their reasons, to be mended and brought again."""
    upload = _own(visit, upload_id)
    if not upload.refused.exists():
        raise NotFound(what="file")
    given = HttpResponse(told_again(upload.refused), content_type="text/csv; charset=utf-8")
    given["Content-Disposition"] = content_disposition_header(True, upload.refused.name) or "attachment"
    return given


@console_page
def mapping_file(visit: ConsoleVisit, upload_id: UUID) -> HttpResponse:
    """Give the mapping as a file, for the next time and for ``partidor import``."""
    upload = _own(visit, upload_id)
    given = HttpResponse(upload.mapping, content_type="application/toml; charset=utf-8")
    given["Content-Disposition"] = 'attachment; filename="mapping.toml"'
    return given


urlpatterns = [
    path("partners/import", partners, name="partners-import"),
    path("leads/import", leads, name="leads-import"),
    path("imports/<uuid:upload_id>", show, name="import"),
    path("imports/<uuid:upload_id>/progress", progress, name="import-progress"),
    path("imports/<uuid:upload_id>/refused.csv", refused_rows, name="import-refused"),
    path("imports/<uuid:upload_id>/mapping.toml", mapping_file, name="import-mapping"),
]
