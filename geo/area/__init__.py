"""Area packages: the names, streets and base map of a municipality, made from an OpenStreetMap extract."""
