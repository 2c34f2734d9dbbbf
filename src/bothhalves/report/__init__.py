"""What is known, said in the terminal, as JSON and as CSV. Nothing is computed here."""
