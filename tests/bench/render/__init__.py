"""`make bench-render`: our page against its peers, on the same bytes in the same browser."""
