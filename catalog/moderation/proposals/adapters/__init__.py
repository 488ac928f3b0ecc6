"""The catalogue, as something to propose changes of."""
