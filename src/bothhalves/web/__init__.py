"""The page in a browser. Everything here is imported only when something is served or exported."""
