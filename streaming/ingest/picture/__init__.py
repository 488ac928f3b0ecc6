"""The picture: colour, geometry, tone mapping, the ladder of renditions, the storyboard.  Pure."""
