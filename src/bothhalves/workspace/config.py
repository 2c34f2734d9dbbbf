"""The files of a workspace as records. Every field is what a person writes in YAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bothhalves.core.clauses.base import Percent
from bothhalves.core.clauses.protections import Needs
from bothhalves.core.explain import Problem, Where
from bothhalves.core.seating.labelling import Protection
from bothhalves.core.seating.rules import SeatRules
from bothhalves.core.terms import Billing
from bothhalves.reading import read_yaml
from bothhalves.workspace.lever_terms import LeverWork, StatedPrefix, TaskClass, levers_fault
from bothhalves.workspace.plan_terms import Planning

if TYPE_CHECKING:
    from bothhalves.core.contracts import Contract

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """A team or cost centre."""

    id: str
    name: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who answers for each of the two lines."""

    seats: str = "Procurement"
    tokens: str = "Engineering"


@dataclass(frozen=True, slots=True)
class Company:
    """``company.yaml``. ``zone`` cuts days and months; ``window`` is ``2026-09/2026-10``.

    ``assumed`` are sentences printed on every page. ``billing`` says who pays for usage whose export does
    not: a product or feed name to ``metered`` or ``included``. Groups of fewer than ``smallest_group``
    people are merged into "other". ``needs`` are the controls and data terms required of every vendor.
    ``seats`` are the thresholds by which held seats are judged.
    """

    company: str
    currency: str = "USD"
    zone: str = "UTC"
    window: str = ""
    invented: bool = False
    assumed: tuple[str, ...] = ()
    owners: Owners = Owners()
    groups: tuple[Group, ...] = ()
    billing: dict[str, str] = field(default_factory=dict)
    smallest_group: int = 5
    needs: Needs = field(default_factory=Needs)
    seats: SeatRules = field(default_factory=SeatRules)


@dataclass(frozen=True, slots=True)
class Match:
    """Usage belongs to a workload if it carries any of these values."""

    keys: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """A use of AI by software or by a group. ``driver`` is what its volume moves with.

    ``reference_model`` (``vendor:model`` where it is not the usage's own vendor) is what lazy use would take;
    ``can_wait`` the share of requests for which nobody waits within 24 hours, ``wait_hours`` how long its
    users can wait.
    """

    id: str
    match: Match
    name: str = ""
    owner: str = ""
    driver: str = ""
    human: bool | None = None
    reference_model: str = ""
    quality_floor: Percent | None = None
    can_wait: Percent | None = None
    wait_hours: Decimal | None = None
    prefix: StatedPrefix | None = None
    classes: tuple[TaskClass, ...] = ()
    engineering: tuple[LeverWork, ...] = ()
    needs: Needs = field(default_factory=Needs)

    def fault(self) -> str | None:
        """What is wrong with the workload as written, or None."""
        return levers_fault(self.quality_floor, self.can_wait, self.classes, self.engineering)


@dataclass(frozen=True, slots=True)
class Workloads:
    workloads: tuple[Workload, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One person's names at the vendors (``ada@example.com``, ``login:ada``, ``home:ada``) and group.

    A seat of theirs is kept, though it idles, while one of ``protected`` holds.
    """

    names: tuple[str, ...]
    group: str = ""
    id: str = ""
    protected: tuple[Protection, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All that people wrote, and what is wrong with it."""

    root: Path
    company: Company
    workloads: tuple[Workload, ...]
    people: tuple[Person, ...]
    contracts: tuple[Contract, ...]
    offers: tuple[Contract, ...]
    books: tuple[Path, ...]
    plans: tuple[Path, ...]
    planning: Planning
    problems: tuple[Problem, ...]

    @property
    def unread(self) -> str:
        """A sentence to go on with where a file of contracts/ or offers/ is faulty, else nothing."""
        files = (Path(p.where.file) for p in self.problems)
        faulty = any(file.parent.name in ("offers", "contracts") for file in files)
        return " A file of these cannot be read: `bothhalves check` says why." if faulty else ""


def read_config(root: Path) -> Config:
    """Read the workspace's files. A file that is missing is empty; one that is wrong is a problem."""
    problems: list[Problem] = []
    company = _optional(root / "company.yaml", Company, problems) or Company(company=root.resolve().name)
    workloads = _optional(root / "workloads.yaml", Workloads, problems) or Workloads()
    people = _optional(root / "people.yaml", People, problems) or People()
    planning = _optional(root / "planning.yaml", Planning, problems) or Planning()
    plans = tuple(sorted((root / "plans").glob("*.yaml")))
    contracts = _terms(root / "contracts", plans, problems)
    offers = _terms(root / "offers", plans, problems)
    problems += _billing_faults(company)
    problems += _shared_keys(workloads.workloads)
    books = tuple(sorted((root / "books").glob("*.yaml")))
    return Config(
        root,
        company,
        workloads.workloads,
        people.people,
        contracts,
        offers,
        books,
        plans,
        planning,
        tuple(problems),
    )


def _terms(folder: Path, plans: tuple[Path, ...], problems: list[Problem]) -> tuple[Contract, ...]:
    """The contracts or offers in a folder. What reads them is imported only where there are any."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        from bothhalves.reading.contracts import read_contract

        contract, faults = read_contract(path, plans)
        problems += faults
        if contract is not None:
            found.append(contract)
    return tuple(found)


def _billing_faults(company: Company) -> list[Problem]:
    known = [b.value for b in Billing]
    return [
        Problem(
            "company.billing",
            Where("company.yaml"),
            f"billing of {name} is {value!r}.",
            f"Write one of {', '.join(known)}.",
        )
        for name, value in company.billing.items()
        if value not in known
    ]


def _shared_keys(workloads: tuple[Workload, ...]) -> list[Problem]:
    """A key that two workloads use hides what each of them spends."""
    users: dict[str, list[Workload]] = {}
    for workload in workloads:
        for name in workload.match.keys:
            users.setdefault(name, []).append(workload)
    return [
        Problem(
            "workload.shared-key",
            Where("workloads.yaml"),
            f"key {name} is shared by "
            + " and ".join(f"{w.id} (owner {w.owner or 'nobody'})" for w in found)
            + f"; all of its usage is shown under {found[0].id}.",
            "Give each workload a key of its own.",
        )
        for name, found in users.items()
        if len(found) > 1
    ]


def _optional(path: Path, kind: type[T], problems: list[Problem]) -> T | None:
    if not path.exists():
        return None
    value, found = read_yaml(path, kind)
    problems += found
    return value
