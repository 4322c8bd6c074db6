"""`python -m workflow` is `countersign`."""

from workflow.cli import main

main()
