"""From a media file to a published asset: probe, encode, package, with progress and clear refusals."""
