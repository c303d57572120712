"""Figures about walking and darkness: arrays and geometries in EPSG:3006 in, arrays and geometries out."""
