"""A small real assistant that answers questions about Python and reports every request over OTLP.

Its knowledge is the documentation inside every CPython (the language reference in `pydoc_data.topics`
and the standard library's docstrings); its model is a set of rules. What it sends is what a production
assistant sends: retrieval, tool calls, failures, feedback.
"""
