"""What people, studios and tags have in common: names, an address of their own, releases, duplicates that become one."""
