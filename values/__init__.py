"""Money, dates, requisites, names: parsed once and checked, without a clock, files or a network."""
