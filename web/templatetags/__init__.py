"""Template tags: `{% load face %}` gives every component of docs/face.md."""
