"""The plan: who keeps a seat and of which type, which work moves, what stays, and what that is worth."""
