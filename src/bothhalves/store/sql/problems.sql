-- question: What is wrong with what was imported, leaving out files of which a newer version came?
-- grain: one row per problem
select code, file, "row", "column", what, fix, changes
from problems
where not list_contains($stale, source)
order by file, "row", "column", code, what
