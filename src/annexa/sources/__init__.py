"""How a system's tables, columns and values map to the records: configs/sources, loaded and checked."""

from annexa.sources.chain import source_names
from annexa.sources.load import load_source
from annexa.sources.model import DATE_FORMATS, Query, SourceProfile, TableMap

__all__ = ["DATE_FORMATS", "Query", "SourceProfile", "TableMap", "load_source", "source_names"]
