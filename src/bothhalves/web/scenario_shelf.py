"""Where the page keeps scenarios: the folder of its workspace, read anew whenever it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bothhalves.core.explain import Problem
from bothhalves.workspace import Workspace
from bothhalves.workspace.scenario_inputs import Inputs
from bothhalves.workspace.scenarios import Prints, Saved, chosen, prints_of, save, scenarios_of, user


@dataclass(frozen=True, slots=True)
class Shelf:
    """The scenarios of a workspace, which ``workspace`` opens or has open."""

    workspace: Callable[[], Workspace]

    def saved(self) -> tuple[dict[str, Saved], list[Problem]]:
        """Every scenario, and what is wrong with files that cannot be read."""
        return scenarios_of(self.workspace().root)

    def chosen(self, names: Iterable[str]) -> Mapping[str, Saved]:
        """Scenarios by name. Raises ``CannotSave``."""
        return chosen(self.workspace().root, names)

    def now(self) -> Prints:
        """What figures are computed on."""
        return prints_of(self.workspace())

    @property
    def offers(self) -> tuple[str, ...]:
        """The ids of offers that a scenario may sign."""
        return tuple(offer.id for offer in self.workspace().config.offers)

    def save(self, name: str, inputs: Inputs, note: str, *, replace: bool) -> None:
        """Keep inputs under a name; there is no sign-in, so it is whoever serves the page who saves. Raises
        ``CannotSave``."""
        saved = Saved(inputs, note, f"{user()}, on the page".lstrip(", "), datetime.now(UTC), self.now())
        save(self.workspace().root, name, saved, replace=replace)
