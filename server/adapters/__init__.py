"""Where a port of one feature meets what another feature knows: mapping only, bound in ``server.wiring``."""
