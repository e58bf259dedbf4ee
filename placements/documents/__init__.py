"""Letters and forms about a placement, as PDF: in the recipient's language, readable by a screen reader.

`kinds` says which there are, `texts` what coordinators may write in them, `facts` what is known of a
placement, `pdf` makes the file.
"""
