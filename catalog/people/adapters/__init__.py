"""What people, studios and tags do for other rooms."""
