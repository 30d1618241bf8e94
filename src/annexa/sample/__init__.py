"""x"""

from annexa.sample.generate import generate

__all__ = ["generate"]
