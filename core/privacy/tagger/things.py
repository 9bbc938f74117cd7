"""Words with a name's look that mostly name a product, a god or a place in what people ask assistants: alone they need a cue.

The lists inside a model know the things of its own training (`training/wordlists.py`); these are what was met since.
"""

_WORDS = (
    # tools
    "grafana prometheus nginx celery hadoop cassandra maven gradle figma snowflake spark airflow webpack vite pytest pydantic"
    " jenkins rust langchain langgraph langfuse langsmith llamaindex pinecone weaviate chroma milvus qdrant faiss ollama"
    " deepseek qwen cohere perplexity copilot vercel netlify heroku cloudflare supabase firebase okta sentry datadog splunk"
    " kibana logstash loki jaeger tempo dagster prefect argo istio vagrant consul nomad puppet chef helm podman rancher"
    " hubspot zendesk intercom mailchimp twilio sendgrid dropbox miro nextjs nuxt ember backbone hibernate symfony"
    " selenium cypress mocha jasmine karma polars dask ray ruff poetry uvicorn gunicorn sanic bokeh plotly streamlit gradio"
    # assistants and devices
    " alexa siri cortana bixby echo kindle macbook ipad iphone thinkpad playstation xbox nintendo corolla prius camry civic"
    # gods and heroes
    " zeus hera athena ares hermes poseidon hades artemis aphrodite dionysus hercules odin thor freya osiris anubis"
    " vishnu shiva minos medusa"
    # the rest
    " moon admin kenya sahara everest"
)
_ANSWERS = (
    "green brown rose black white gray grey blue violet amber scarlet olive hazel pearl ruby silver gold iris lily daisy ivy fern"
    " heather holly ginger cherry summer autumn winter april may june august dawn eve faith hope grace joy will mark bill frank grant"
    " rich art bank banks bush church field fields fox frost hall hill king knight lake lane law long love miller north page park"
    " price prince reed rice short small snow stone street ward waters west wells wolf wood woods young baker bishop butler carter"
    " cook fisher hunter mason parker taylor turner walker archer"
)
THINGS = frozenset(_WORDS.split())
"""Alone between other words they are people only where something says so."""
ANSWERS = frozenset(_ANSWERS.split()) | THINGS
"""Where one of them is all of a text, it is an answer or a setting: the text says nothing of anybody."""
