"""Lets `python -m annexa` do what `annexa` does, where the scripts folder is not on the path."""

from annexa.cli.main import run

if __name__ == "__main__":
    run()
