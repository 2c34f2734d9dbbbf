"""The clauses of a contract, a module for each family: its record as written in YAML, and its step.

A step takes what a month asks of the contract and what is carried over, and answers with Lines to add. It
never edits a Line or a total: a discount is a negative Line, a shortfall a positive one.
"""
