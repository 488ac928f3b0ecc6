"""What somebody watched, in numbers; how two people's tastes agree; and the public profile that shows it, where they want one."""
