"""Teams: people who work on releases together, what each of them may do there, and how one joins.

Pure: ``permissions names errors events limits role model role_rules invitation``.
"""
