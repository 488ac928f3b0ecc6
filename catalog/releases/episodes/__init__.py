"""Episodes: what of a release is played, one by one."""
