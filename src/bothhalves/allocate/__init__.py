"""The exact choice of paths: the only place that solves."""
