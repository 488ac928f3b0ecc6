"""Background jobs as people see them: their own, and for administrators all."""
