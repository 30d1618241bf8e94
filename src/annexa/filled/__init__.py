"""Filled Annex A workbooks, whoever made them: read as they come, every repair told."""
