"""From files and databases to typed records: read gives text, clean gives types and findings, load does both."""
