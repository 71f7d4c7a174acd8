"""How suggestions are used: events in, later outcomes and gaps out."""
