"""Videos of other people's ads: fetched and made ready once, shown from the next break on."""
