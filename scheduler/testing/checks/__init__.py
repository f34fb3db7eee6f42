"""The checks, by what they are about; `index` is the table of them."""
