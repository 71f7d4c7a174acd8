"""Tickets: kept word for word before anything else happens to them."""
