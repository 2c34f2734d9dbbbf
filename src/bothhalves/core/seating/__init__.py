"""Who needs the seats there are: labels of held seats, cohorts, counts to buy, pilots before a purchase."""
