"""What differs between two builds, folders or workbooks: who joined and left each list and why, rows, cells, findings.

sides      pipeline reads them: an output folder knows its dates, windows and exclusions, a workbook its lists,
           and one that annexa wrote its dates
matching   which rows of both sides are the same row: by child and identifying columns, never by position
why        why a child joined or left: by the table in the docstring of annexa.differences.why
findings   which findings are new and which are gone, of the checks that ran on both sides
compare    puts them together
counts     two runs of the history of which one's output is gone
"""
