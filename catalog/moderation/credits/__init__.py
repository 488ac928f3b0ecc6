"""Which teams worked on which releases, counted from accepted proposals."""
