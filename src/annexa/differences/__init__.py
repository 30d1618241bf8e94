"""What differs between two builds, folders or workbooks: who joined and left each list and why, rows, cells, findings.

sides      pipeline reads them: an output folder knows its dates, windows and exclusions, a workbook its lists alone
matching   which rows of both sides are the same row: by child and identifying columns, never by position
why        why a child joined or left: by the table in the docstring of annexa.differences.why
compare    puts them together
"""
