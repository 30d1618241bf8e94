"""The order of the stages, and nothing else: read, build, check, report, write."""
