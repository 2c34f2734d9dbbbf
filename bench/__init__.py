"""Speed measured against the limits of the machine and against other programs, in ratios of one run."""
