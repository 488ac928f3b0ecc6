"""Watch parties: a versioned document many members steer together, and its events in the namespace ``/party``."""
