"""The importer: fills the catalogue from other catalogues, without undoing what people did to it."""
