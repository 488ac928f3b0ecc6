"""The program: settings, start, what joins the features, and the command line."""
