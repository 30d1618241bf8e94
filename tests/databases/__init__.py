"""Databases read through the command line: a real PostgreSQL server, and DuckDB and SQLite files."""
