"""Published files, and conditional and range requests for them."""
