"""From a file to a batch in the lake: check, read, clean, identify, write; all of it or nothing."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc

from graph.errors import LedgerConflict, MappingError, PrivacyRefused, Problem, SourceError
from graph.store import Progress, no_progress
from lake.batches import Batch, BatchInfo, BatchWriter
from lake.lake import Fill, Lake, sha256_of
from loaders.clean import Mode, Reading
from loaders.guard import Guard
from loaders.mapping import SourceMapping
from loaders.mapping_check import check_columns
from loaders.mapping_spec import EntityItemSpec
from loaders.masked import column_properties
from loaders.privacy import header_problems
from loaders.reading import Rows, ahead
from loaders.records import Origin, Recorded, Recorder
from loaders.report import Counts, ImportReport, masked_sample, told
from loaders.sources.chunks import Chunk, Sheet, SourceFile
from loaders.sources.opening import open_source
from values.dates import HOME_ZONE

WORKERS = 2
REPLACED = "replaced by a new import of the same file"


def import_file(
    lake: Lake, file: Path, mapping: SourceMapping, *, actor: str, mode: Mode, dataset: str | None = None,
    dry_run: bool = False, replace: bool = False, progress: Progress = no_progress,
) -> ImportReport:  # fmt: skip
    """Import ``file`` under ``mapping``: one batch a sheet, all of them committed in one step.

    The same file under the same mapping again changes nothing. Under another mapping, or another version
    of it, ``LedgerConflict`` unless ``replace``: then the old batch is retracted in the same step.
    ``MappingError`` with every fault of the mapping and of its fit to the file, ``PrivacyRefused`` for what
    may not enter, ``SourceError`` for what cannot be read: in each case nothing is kept. A ``dry_run``
    does everything but write.
    """
    job = _Import(lake, file, mapping, actor, mode, dataset or mapping.spec.dataset, progress)
    if dry_run:
        return job.rehearse()
    with lake.writing():
        return job.run(replace)


@dataclass(slots=True)
class _Import:
    lake: Lake
    file: Path
    mapping: SourceMapping
    actor: str
    mode: Mode
    dataset: str
    progress: Progress
    started: float = field(default_factory=time.perf_counter)
    counts: dict[str, Counts] = field(default_factory=dict)
    stopped: dict[str, int | None] = field(default_factory=dict)
    sample: dict[str, Any] = field(default_factory=dict)

    def run(self, replace: bool) -> ImportReport:
        sha256 = sha256_of(self.file)
        source = self._opened()
        known = [b for s in source.sheets if (b := self.lake.same_source(sha256, s.name, self.dataset))]
        same = [b for b in known if b.info.mapping_sha256 == self.mapping.sha256]
        if len(same) == len(source.sheets):
            return self._report(source, sha256, tuple(same), unchanged=True)
        if known and not replace:
            raise LedgerConflict(
                f"{self.file.name} is in dataset {self.dataset} already, "
                f"under mapping {known[0].info.mapping}; import it with replace to put this one in its place"
            )
        jobs: list[tuple[BatchInfo, Fill]] = []
        kept: dict[str, Path] = {}
        for sheet in source.sheets:
            copy = self._redacted_copy(sheet, len(jobs))
            info = self._info(source, sheet, sha256, sha256_of(copy) if copy else "")
            kept[info.raw_sha256 or sha256] = copy or self.file
            # Bytes are kept with the last sheet, when none can refuse the file any more.
            last = sheet is source.sheets[-1]
            jobs.append((info, self._fill(sheet, source, info, kept if last else {})))
        replaced = {batch.info.id: REPLACED for batch in known}
        batches = self.lake.write_batches(jobs, self.actor, replaced)
        return self._report(source, sha256, tuple(batches), replaced=tuple(replaced))

    def rehearse(self) -> ImportReport:
        """Everything but writing."""
        sha256 = sha256_of(self.file)
        source = self._opened()
        for sheet in source.sheets:
            origin = Origin(self.dataset, "dry-run", sha256, sheet.name)
            self._through(sheet, source, origin, self._look)
        return self._report(source, sha256, (), dry_run=True)

    # -- before the first row ---------------------------------------------------------------------

    def _opened(self) -> SourceFile:
        """The opened file, once mapping and header fit: every fault is raised together."""
        spec, name = self.mapping.spec, self.file.name
        source = open_source(self.file, spec.file)
        problems, privacy = list(self.mapping.problems), list[Problem]()
        for sheet in source.sheets:
            shown = f"{name} ({sheet.name})" if sheet.name else name
            privacy += header_problems(sheet.header, spec.redact, shown)
            found = check_columns(spec, self.mapping.columns, sheet.header, self.mapping.file, shown)
            refused = {problem.column for problem in privacy}
            problems += [problem for problem in found if not problem.column or problem.column not in refused]
        for unread in source.unread:
            privacy += header_problems(unread.words, (), f"{name} ({unread.name}, a sheet that is not read)")
        if privacy:
            raise PrivacyRefused(f"{name} is refused; nothing of it was kept", [*privacy, *problems])
        if problems:
            raise MappingError(f"mapping {self.mapping.file} does not fit {name}", problems)
        return source

    def _info(self, source: SourceFile, sheet: Sheet, sha256: str, raw_sha256: str) -> BatchInfo:
        mapping, spec = self.mapping, self.mapping.spec
        return BatchInfo(
            id=self.lake.new_batch_id(sha256, sheet.name, self.dataset, mapping.sha256),
            dataset=self.dataset,
            file_name=self.file.name,
            sha256=sha256,
            sheet=sheet.name,
            mapping=mapping.title,
            mapping_sha256=mapping.sha256,
            source_grade=spec.source.grade,
            columns=sheet.header,
            dropped=tuple(name for name in sheet.header if name in spec.drop),
            redacted=tuple(name for name in sheet.header if name in spec.redact),
            encoding=source.encoding,
            column_properties=column_properties(mapping),
            doubts=tuple(_doubts(mapping)),
            raw_sha256=raw_sha256,
        )

    def _redacted_copy(self, sheet: Sheet, number: int) -> Path | None:
        """A CSV copy of the rows without redacted columns, to be kept instead of the file.

        None where none is redacted.
        """
        kept = [name for name in sheet.header if name not in self.mapping.spec.redact]
        if len(kept) == len(sheet.header):
            return None
        target = self.lake.temporary(f"redacted-{number}.csv")
        fields = [("row", pa.int64()), ("part", pa.int32()), *((name, pa.string()) for name in kept)]
        layout = pa.schema(fields)
        with pc.CSVWriter(target, layout) as writer:
            for chunk in Rows(sheet, self.mapping.spec.file.stop_when, self.mapping.nulls):
                columns = [chunk.rows, chunk.parts, *(chunk.cells[name] for name in kept)]
                writer.write_table(pa.table(columns, schema=layout))
        return target

    # -- the rows ---------------------------------------------------------------------------------

    def _fill(self, sheet: Sheet, source: SourceFile, info: BatchInfo, kept: Mapping[str, Path]) -> Fill:
        origin = Origin(info.dataset, info.id, info.sha256, info.sheet)

        def fill(writer: BatchWriter) -> tuple[int, int]:
            counts = self._through(sheet, source, origin, lambda recorded: _write(writer, recorded))
            for digest, path in kept.items():
                if self.lake.keep_raw(path) != digest:
                    raise SourceError(f"{self.file.name} changed while it was read; import it again")
            return counts.read, counts.rejected

        return fill

    def _through(
        self, sheet: Sheet, source: SourceFile, origin: Origin, take: Callable[[Recorded], None]
    ) -> Counts:
        """Every chunk through the recorders, in order, into ``take``."""
        rows = Rows(sheet, self.mapping.spec.file.stop_when, self.mapping.nulls)
        counts = self.counts[sheet.name] = Counts()
        for recorded in self._recorded(rows, source, origin):
            take(recorded)
            counts.add(recorded)
            self.progress(counts.read, max(sheet.total, counts.read), "rows")
        self.stopped[sheet.name] = rows.stopped_at
        return counts

    def _recorded(self, rows: Rows, source: SourceFile, origin: Origin) -> Iterator[Recorded]:
        """Chunks cleaned by a few threads at once (Arrow and DuckDB work outside the interpreter's lock)."""
        spec = self.mapping.spec
        reading = Reading(self.mode, spec.zone or HOME_ZONE, spec.currency, source.format == "sheet")
        header = rows.sheet.header
        guard = Guard(self.mapping, header, self.file.name, self.mode, date.today())
        own, recorders = threading.local(), list[Recorder]()

        def record(chunk: Chunk) -> Recorded:
            if not hasattr(own, "recorder"):
                own.recorder = Recorder(
                    self.mapping, self.lake.schema, self.lake.registers, origin, header, reading, guard
                )
                recorders.append(own.recorder)
            done: Recorded = own.recorder.record(chunk)
            return done

        pending: deque[Future[Recorded]] = deque()
        with ThreadPoolExecutor(WORKERS, "clean") as workers:
            try:
                for chunk in ahead(iter(rows)):
                    pending.append(workers.submit(record, chunk))
                    if len(pending) > WORKERS:
                        yield pending.popleft().result()
                while pending:
                    yield pending.popleft().result()
            finally:
                workers.shutdown(wait=True, cancel_futures=True)
                for recorder in recorders:
                    recorder.close()

    def _look(self, recorded: Recorded) -> None:
        for name, few in masked_sample(self.mapping, recorded).items():
            self.sample.setdefault(name, few)

    # -- afterwards -------------------------------------------------------------------------------

    def _report(
        self, source: SourceFile, sha256: str, batches: Sequence[Batch], *, dry_run: bool = False,
        unchanged: bool = False, replaced: tuple[str, ...] = (),
    ) -> ImportReport:  # fmt: skip
        spec, counts = self.mapping.spec, self.counts.values()
        header = {name for sheet in source.sheets for name in sheet.header}
        return ImportReport(
            file=self.file.name,
            dataset=self.dataset,
            mapping=self.mapping.title,
            sha256=sha256,
            format=source.format,
            encoding=source.encoding,
            dry_run=dry_run,
            unchanged=unchanged,
            batches=tuple(batches),
            replaced=replaced,
            sheets=tuple(c.report(name, self.stopped[name]) for name, c in self.counts.items()),
            unread_sheets=tuple(unread.name for unread in source.unread),
            reasons=told(sum((c.reasons for c in counts), type(Counts().reasons)())),
            notes=told(sum((c.notes for c in counts), type(Counts().notes)())),
            dropped=tuple(name for name in spec.drop if name in header),
            redacted=tuple(name for name in spec.redact if name in header),
            redacted_copy=any(name in header for name in spec.redact),
            seconds=time.perf_counter() - self.started,
            sample=self.sample,
        )


def _write(writer: BatchWriter, recorded: Recorded) -> None:
    if recorded.rows.num_rows:
        writer.rows(recorded.rows)
    for name, table in recorded.records:
        writer.records(name, table)
    if recorded.rejects.num_rows:
        writer.rejects(recorded.rejects)


def _doubts(mapping: SourceMapping) -> Iterator[dict[str, str]]:
    for item in mapping.of_role("entity"):
        if isinstance(item.spec, EntityItemSpec) and (doubt := item.spec.doubt):
            yield {
                "kind": item.table,
                "item": item.name,
                "relation": doubt.relation,
                "above": str(doubt.above),
                "note_zh": doubt.note.zh,
                "note_en": doubt.note.en,
            }
