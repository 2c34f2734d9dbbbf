"""Local logs of coding agents, given as a folder or a file: Claude Code, Codex CLI, Gemini CLI.

Plain, gzipped or zstd-packed, under any name, recognised by content. ``records`` has the rule that counts a
call once, ``scan`` what is read when.
"""

from bothhalves.intake.transcripts.marks import FileMark
from bothhalves.intake.transcripts.recognise import is_transcripts
from bothhalves.intake.transcripts.records import CallRecord, calls
from bothhalves.intake.transcripts.scan import Scan, scan

__all__ = [
    "CallRecord",
    "FileMark",
    "Scan",
    "calls",
    "is_transcripts",
    "scan",
]
