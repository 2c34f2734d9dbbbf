"""Which feed is of record where several report the same call."""

from __future__ import annotations

#: Local agent logs: what people's own machines recorded.
TRANSCRIPTS = "transcripts"
TRANSCRIPTS_RANK = 40


def feed_ranks() -> dict[str, int]:
    """Feeds by rank, lowest first. What a rank says of a feed stands in :mod:`bothhalves.store.shadowing`."""
    from bothhalves.intake.recognise import formats

    return {**{f.name: f.feed_rank for f in formats()}, TRANSCRIPTS: TRANSCRIPTS_RANK}
