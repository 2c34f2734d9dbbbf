"""The pure centre: money, dates, prices, rating and explanation. Imports the standard library only."""
