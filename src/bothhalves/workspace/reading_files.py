"""One export: recognised by content, read, and completed with what only the importer knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.core.terms import Identity, Record
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source, Unreadable


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who imports knows and the files do not say."""

    as_of: str = ""
    period: str = ""
    account: str = ""
    person: str = ""
    mapping: str = ""
    plan: bool = False

    def for_source(self) -> dict[str, str]:
        """What formats may ask for."""
        given = {"as_of": self.as_of, "period": self.period, "account": self.account}
        return {name: value for name, value in given.items() if value}


def form_of(root: Path, source: Source, options: Options) -> tuple[Format | None, list[Problem]]:
    """The format of a file: a vendor's, or one of the workspace's saved mappings."""
    from bothhalves.intake.recognise import recognise, unrecognised
    from bothhalves.workspace.mappings import saved_mapping, saved_mappings

    if options.mapping:
        return saved_mapping(root, options.mapping)
    mapped, problems = saved_mappings(root)
    form = recognise(source, mapped)
    return form, problems if form else [*problems, unrecognised(source)]


def read_records(source: Source, form: Format, options: Options) -> tuple[list[Record], Sink]:
    """Everything readable, completed; a file that cannot be opened is one problem."""
    sink = Sink()
    try:
        form.read(source, sink)
    except Unreadable as error:
        sink.problem(
            "import.unreadable", Where(source.name), f"the file cannot be read: {error}.", "Export it again."
        )
    return [completed(record, options) for record in sink.records], sink


def completed(record: Record, options: Options) -> Record:
    """Fill in the account and person that only the importer knows."""
    if isinstance(record, Identity):
        return record
    if options.account and not record.account:
        record = replace(record, account=options.account)
    if options.person and not record.person:
        record = replace(record, person=options.person)
    return record
