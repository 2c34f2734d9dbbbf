"""Both Halves: AI seats and AI tokens priced as one decision."""

__version__ = "0.1.0"
