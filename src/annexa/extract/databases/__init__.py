"""Databases as extracts: what is asked of each engine as SQL text, how it is run, and what its failures mean."""
