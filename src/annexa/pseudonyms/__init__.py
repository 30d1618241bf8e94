"""A copy of an extract or of a submission that can be shared: still personal data, but without names and numbers."""
