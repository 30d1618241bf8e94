"""One child's story: every record about the child, what each list made of it, the rows and the findings, in words.

Nothing is decided here. Who is on a list, why a record is not, and what is wrong comes from the lists and the checks of
the same run; these modules pick one child's rows out of what they return and put it into sentences. They look at the
few rows of one child, so they may go through them one by one.
"""
