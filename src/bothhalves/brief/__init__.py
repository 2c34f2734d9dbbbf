"""The one page: its record, and how it is built from a workspace."""

from bothhalves.brief.building import build
from bothhalves.brief.parts import Prompt, Segment
from bothhalves.brief.record import Agreement, Badge, Half, Origin, Page, Row, Table

__all__ = ["Agreement", "Badge", "Half", "Origin", "Page", "Prompt", "Row", "Segment", "Table", "build"]
