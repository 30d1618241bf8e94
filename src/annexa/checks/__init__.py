"""What is wrong with the data: the checks of records, over the tables of an extract and over finished lists."""
