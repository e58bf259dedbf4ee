"""Our tables as files: Excel for people, CSV as Norwegian Excel reads it.

`registers` and `allocation` say which columns there are and what each means; `csv_file` and `excel`
write them. Rows are read as they are written, so a long list takes no more room than a short one.
"""
