"""The command line: parse, call one function, show what it gave, exit. No rule of the domain is here."""
