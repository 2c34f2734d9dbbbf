"""Units from plain lists of numbers, for those who have no use for arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bothhalves.allocate.model import Listed, Options

Rows = Sequence[Sequence[int]]


def listed(
    options: Options,
    cost: Rows,
    burn: Rows,
    eligible: Sequence[Sequence[bool]],
    current: Sequence[int],
    people: Sequence[int],
    pooled: Rows | None = None,
) -> Listed:
    """Units of one scenario: ``cost``, ``burn`` and what is ``pooled`` (None: nothing) by unit and option, in
    whole micro-dollars."""
    shape = (len(current), len(options), 1)
    return Listed(
        options,
        np.array(cost, dtype=np.int64).reshape(shape),
        np.array(burn, dtype=np.int64).reshape(shape),
        np.array(eligible, dtype=np.bool_).reshape(shape[:2]),
        np.array(current, dtype=np.int64),
        np.array(people, dtype=np.int64),
        None if pooled is None else np.array(pooled, dtype=np.int64).reshape(shape),
    )
