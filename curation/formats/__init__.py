"""Readers of the shapes in which traces arrive; pure, nothing here touches Django."""
