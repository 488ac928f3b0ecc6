"""Work at the same time as other work: with an owner, in turns, or many pieces in one."""
