"""Outside packagers: each has a credential of its own, which is good for asking for content keys and for nothing else."""
