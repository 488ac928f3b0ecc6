"""Content keys: what protected media are encrypted with, and who gets them.

How others use it.  A key belongs to a content (for media of ours the id of the asset, for an outside packager what it calls its
content), a class of tracks (:class:`~streaming.keys.model.TrackClass`) and a period (0 unless keys rotate).  In a scope that writes::

    keys = scope.port(ContentKeys)                                        # streaming.keys.usecases
    key = await keys.get_or_make(asset_id, TrackClass.HD)                 # the same request gives the same key
    key = await keys.get_or_make_for_kid(content_id, kid, TrackClass.SD)  # SPEKE: the packager chose the key id

and in any scope ``await keys.of_content(content_id)`` and ``await keys.find(content_id, kids)``.  A
:class:`~streaming.keys.model.ContentKey` has ``kid`` (canonical UUID), ``key`` and ``iv`` (16 bytes each); its ``repr`` hides the key,
and what is logged or sent beside an answer to a player is the ``kid`` alone.

Whoever answers players (:mod:`streaming.keys.routes`, licence proxies) goes through :func:`streaming.keys.usecases.entitled_keys`, which
checks the stream's session, its viewer's standing, region and limits anew for every request, and through
:class:`streaming.keys.adapters.issuing.KeyDesk`, which does that for an HTTP request, writes it into the audit log and counts it.
"""
