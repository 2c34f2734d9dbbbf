"""What maintains the project: set-up and the generated pages of docs/."""
