"""OpenAI's client through Langfuse's SDK: the same program as before, with another address."""

import os

from langfuse import Langfuse
from langfuse.openai import OpenAI

langfuse = Langfuse(
    base_url=os.environ["WINNOW_URL"], public_key="winnow", secret_key=os.environ["WINNOW_TOKEN"]
)

answer = OpenAI().chat.completions.create(
    model="gpt-5-mini", messages=[{"role": "user", "content": "Which planet is the largest?"}]
)
print(answer.choices[0].message.content)
langfuse.shutdown()
