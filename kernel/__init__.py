"""What every feature stands on, and nothing about any feature.

Pure: ``access clock entity errors events ids``.  The rest does I/O.
"""
