"""Published files: where they are built, what the packager made of them, bandwidths and manifests."""
