"""Taking a whole library along: to a file, and from the files of this and other sites."""
