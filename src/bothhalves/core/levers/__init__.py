"""What the owner of a workload can change. Levers restate quantities; rating alone makes money of them."""
