"""annexa: Ofsted's Annex A, from a case-management extract to the workbook an inspector opens."""

__version__ = "0.1.0"
