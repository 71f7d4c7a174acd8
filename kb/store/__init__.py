"""The database: one set of statements for SQLite and PostgreSQL; nothing outside imports sqlalchemy."""
