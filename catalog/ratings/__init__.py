"""What people make of releases: votes, the weighted score and its ranking, what is popular and what is trending."""
