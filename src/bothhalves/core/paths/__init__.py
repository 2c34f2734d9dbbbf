"""What one person's work costs on each path to it, where one path becomes the cheaper one, and for whom.

A path is this seat type, the coding tool metered, the metered API, or nothing. A person's use is told in
money at list price per month (u); a path's cost is a schedule over u.
"""
