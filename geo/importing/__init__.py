"""In by file: bytes → records and rejected rows. Never touches the store.

Every file is opened in a child process (``sandbox`` and ``child``) with bounds on size, rows, memory and
time; what comes back to this process is plain text and numbers.
"""
