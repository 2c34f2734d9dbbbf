"""Forecasts of series: simple methods in a race over rolling origins, and intervals that were calibrated.

Everything here holds scores, never money that is shown: whole micro-units in, whole micro-units out.
"""
