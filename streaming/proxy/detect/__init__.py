"""Where the ads of a playlist are: explicit signals, an operator's rules, heuristics.  Pure."""
