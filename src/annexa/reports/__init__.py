"""The data reports of Annex A: 1.07, 2.01 to 2.05 and 3.07 to 3.11."""
