"""The daemon's legs. Each does one piece at a time and says whether there may be more; they share only the journal."""
