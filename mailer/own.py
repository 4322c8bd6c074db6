"""How our own mail is told from everybody else's."""

OWN_HEADER = "X-Countersign"
