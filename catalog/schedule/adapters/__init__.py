"""What schedules do for other rooms."""
