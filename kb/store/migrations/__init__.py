"""Alembic's scripts, run from the installed package: `Store.open` brings a database to the newest."""
