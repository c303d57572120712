"""Read model → GeoJSON, maps, words."""
