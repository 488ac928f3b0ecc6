"""Language tags (BCP 47), and which language a reader asks for."""
