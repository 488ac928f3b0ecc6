"""What tests run beside the application: servers, and ways to them that break."""
