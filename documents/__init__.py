"""Files people attach: what they are, and the folder where the materials of each request are kept."""
