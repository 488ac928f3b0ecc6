"""What translations do for other rooms."""
