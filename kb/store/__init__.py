"""The database: one set of statements for SQLite and PostgreSQL; nothing outside imports sqlalchemy."""

# In the data folder, unless a URL is set.
DATABASE = "selfhelp.sqlite3"
