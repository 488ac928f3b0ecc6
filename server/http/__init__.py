"""How the server listens and answers: the application, what every request passes through, health, and the pages of the client."""
