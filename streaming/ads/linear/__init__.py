"""Linear ads: videos of the operator, shown in breaks before and within an episode, and told as VAST 4 to other players."""
