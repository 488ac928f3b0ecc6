"""Which of its names something was found by, and what of that name was typed."""
