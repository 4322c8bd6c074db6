"""From a letter to an order: who wrote it, which ask it answers, what it says."""
