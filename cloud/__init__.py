"""Google as a place that is called: signing in, patience, pace. Knows neither sheets nor files nor payments."""
