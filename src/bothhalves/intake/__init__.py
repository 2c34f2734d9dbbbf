"""Vendor exports to records. Each format is a declaration; none touches a database."""
