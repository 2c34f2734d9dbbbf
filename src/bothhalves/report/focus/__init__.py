"""Charges as rows of the FinOps Open Cost and Usage Specification (FOCUS) 1.2."""

from bothhalves.report.focus.columns import COLUMNS
from bothhalves.report.focus.rows import focus_rows
from bothhalves.report.focus.writing import write_focus

__all__ = ["COLUMNS", "focus_rows", "write_focus"]
