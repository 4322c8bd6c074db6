"""The registry leg: what people typed becomes orders, what the journal knows becomes rows, nobody else touches it."""
