"""What people do, by what they do it to; `Actions` puts it together."""
