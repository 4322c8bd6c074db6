"""What an attached invoice says: payment codes, e-invoices, text and scans, each value with its source and place.

The rule for all of them: a value is given only when it was read in one way. What could be two things, or fails its
check, becomes a doubt with a name; nothing is guessed.
"""
