"""What `./run` is made of: the standard library only, and valid on Python 3.9.

It runs before anything is installed, so nothing here may import from the project's environment.
"""
