"""What whoever runs the service needs: is all well, and how to keep a copy of everything."""
