"""The published snapshot over HTTP: suggestions, events, tickets, help pages and the widget."""
