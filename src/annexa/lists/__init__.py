"""Lists 1 to 11: who is on each (cohorts), what each column says (derivations), and how a list is put together."""
