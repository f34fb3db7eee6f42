"""The campaign's files, changed from here: what there was is kept, and can be had again."""
