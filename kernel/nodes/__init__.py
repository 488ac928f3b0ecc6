"""What the processes of one installation say to each other."""
