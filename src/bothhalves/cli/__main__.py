"""``python -m bothhalves.cli``."""

from bothhalves.cli import main

main()
