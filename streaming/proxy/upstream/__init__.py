"""The upstream of a source: which addresses may be asked, and what its answers are."""
