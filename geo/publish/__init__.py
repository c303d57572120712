"""Out: store → mask → read model. A field is public because a type in here names it.

``places``, ``measures``, ``incidents`` and ``layers`` each answer one kind of question; the types they
answer with are the allow-list.
"""
