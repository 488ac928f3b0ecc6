"""The catalogue as a list: filters, orders, and how many there are of each kind."""
