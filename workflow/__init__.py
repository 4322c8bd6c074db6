"""What letters, cells and clock mean for payment requests, and what must be done about it."""
