"""SPEKE v2.0 and v2.1: content keys for outside packagers, which ask for them with CPIX documents."""
