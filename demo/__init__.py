"""The demo: the product's own actions, called in the order of the loop by the people of one project."""
