"""How a database comes to the shape that this program expects. One file per step, applied in one transaction."""
