"""Reference lists: what filters and forms choose from, in the reader's language."""
