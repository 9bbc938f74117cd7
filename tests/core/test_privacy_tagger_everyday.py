"""Answers as assistants give them: planets, gods, tools, languages and months are not taken for people, nor amounts for addresses."""

from __future__ import annotations

import pytest

from core.privacy.tagger import SHIPPED, find_entities

_TEXT = (
    "Jupiter Saturn Mars Venus Mercury Neptune Uranus Pluto Earth Moon Sun Zeus Apollo Athena Poseidon Odin Thor "
    "Hercules January February March April May June July August September October November December Monday Tuesday "
    "Wednesday Thursday Friday Saturday Sunday Germany France Italy Spain Japan China India Brazil Canada Mexico "
    "Egypt Kenya Jordan Chad Georgia Israel Cuba Berlin Paris London Madrid Rome Vienna Sydney Tokyo Houston Austin "
    "Denver Boston Chicago Florence Lincoln English German French Spanish Italian Japanese Chinese Arabic Hindi "
    "Russian Latin Greek Portuguese Google Docker Postgres Django Python Java Ruby Rust Kotlin Swift Scala Haskell "
    "Perl Julia Elixir Erlang Pascal Ada Flask Redis Kafka Kubernetes Terraform Ansible Jenkins Grafana Prometheus "
    "Nginx Celery Pandas NumPy Pydantic FastAPI Pytest Poetry Jupyter Spark Airflow Snowflake Hadoop Cassandra "
    "Maven Gradle Webpack React Angular Svelte Vue Laravel Rails Node Linux Ubuntu Debian Fedora Windows Android "
    "Safari Chrome Firefox Slack Zoom Jira Trello Notion Figma Stripe Shopify Amazon Netflix Spotify Tesla Toyota "
    "Ford Siemens Bosch Nokia Claude Gemini Llama Mistral Alexa Siri Cortana Watson Echo Bitcoin Ethereum Excel "
    "Word Outlook Christmas Easter Ramadan Halloween Internet Bluetooth Algebra Physics Biology Chemistry History "
    "Hello Thanks Please Yes Sure Certainly Absolutely Unfortunately However Therefore Additionally Finally Firstly "
    "Alternatively Sorry Welcome Great Perfect Invoice Order Refund Customer Manager Admin Button Enter Exit True "
    "False None Null"
)
WORDS = _TEXT.split()
FRAMES = [
    "{}.",
    "The answer is {}.",
    "What is {}?",
    "I have never used {} before.",
    "{} is a good choice here.",
    "It happened in {} last year.",
    "You could also try {} instead.",
    "Can you tell me more about {}?",
    "{}, with room for 1,300 Earths.",
    "Why do people like {} so much?",
    "Yes, {} works with that.",
]
ANSWERS = [
    "Green.",
    "Rose",
    "Jupiter, with room for 1,300 Earths.",
    "The largest planet in the Solar System is Jupiter. It is more than 11 times as wide as Earth.",
    "Sure! To install Docker on Ubuntu, run the following commands in your terminal.",
    "Django and Flask are both web frameworks for Python. Django is the bigger one.",
    "Friday works for me. Shall we say 3 pm?",
    "The capital of Germany is Berlin, with about 3,700,000 inhabitants.",
    "You can connect Postgres to Grafana with the PostgreSQL data source plugin.",
    "Your order 48213 was shipped on Tuesday and will arrive by Friday, March 14.",
    "I'm sorry to hear that. Could you tell me your order number?",
    "The Roman gods Jupiter and Neptune correspond to Zeus and Poseidon.",
    "Refunds take 5 to 7 business days. Is there anything else I can help you with?",
    "Photosynthesis converts carbon dioxide and water into glucose and oxygen.",
    "Use Pydantic for validation, Celery for background jobs and Redis as the broker.",
    "In English, we say 'good morning'; in Spanish, 'buenos días'; in German, 'guten Morgen'.",
    "1,300 Earths would fit into Jupiter.",
    "About 2,000 Romans and 5,000 Greeks fought there.",
    "It weighs 25 Kilograms and costs 1,200 Euros.",
    "The 2024 Toyota Corolla has 169 horsepower; the Ford Focus has 160.",
    "Apollo 11 landed on the Moon on July 20, 1969.",
    "There are 8 Planets and 5 Dwarf Planets.",
    "The Battle of Hastings took place in 1066.",
    "Version 3.12 of Python brought 20 Improvements.",
    "The population is 83,200,000 Germans.",
    "You have 14 Messages and 3 Invoices.",
    "I ran 10 Kilometers in Central Park.",
    "Buy 2 Apples and 3 Oranges.",
    "Act 3, Scene 2 of Hamlet.",
    "Windows 11 Pro costs 199 Dollars.",
    "GPT-4 scored 86.4 on MMLU.",
    "Chapter 12 Section 4 explains Tax Law.",
]


def test_everyday_words_are_rarely_taken_for_somebody() -> None:
    sentences = [frame.format(word) for word in WORDS for frame in FRAMES]
    hits = [sentence for sentence in sentences if find_entities(sentence, SHIPPED)]
    assert len(hits) / len(sentences) < 0.025


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_about_nobody_is_left_alone(answer: str) -> None:
    assert find_entities(answer, SHIPPED) == []


@pytest.mark.parametrize("word", ["Cassandra", "Athena", "Siri", "Grafana", "Moon"])
def test_the_same_words_are_people_where_something_says_so(word: str) -> None:
    for text in (f"My name is {word}.", f"{word} Hoffmann wrote this.", f"Hi {word}, how are you?"):
        assert any(text[start:end].startswith(word) for start, end, _ in find_entities(text, SHIPPED))
