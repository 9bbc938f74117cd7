"""The names a domain may carry by default, each with a few phrases that are embedded beside the data."""

from __future__ import annotations

PHRASES: dict[str, list[str]] = {
    "arithmetic": [
        "a grade school math word problem about quantities and prices",
        "calculate how many items are left and how much money it costs",
        "what is the square root of this number",
    ],
    "machine learning code": [
        "which machine learning model API should I call for this task",
        "write code that loads a pretrained transformer model for image classification",
    ],
    "programming": [
        "write a function in python that sorts a list",
        "how do I read a file and handle exceptions in code",
        "fix the bug in this javascript program",
    ],
    "web and databases": [
        "write an SQL query that joins two tables",
        "build an HTML page with CSS and a form",
    ],
    "role play": [
        "you are a character in a story, stay in role and answer",
        "pretend to be a pirate captain talking to me",
    ],
    "writing": [
        "write an essay or a poem",
        "rewrite this paragraph in a friendly tone",
        "summarise this article",
    ],
    "travel": [
        "book a flight or a hotel for my trip",
        "find a train to another city",
        "reserve a table at a restaurant",
    ],
    "money and banking": [
        "transfer money from my account",
        "stock price and investment return",
        "loan interest and taxes",
    ],
    "health": [
        "symptoms, medicine and doctors",
        "find a dentist appointment",
        "a healthy diet and exercise plan",
    ],
    "public services": [
        "how do I apply for a benefit or a licence",
        "forms and rules of the motor vehicle office",
    ],
    "entertainment": [
        "find a movie or a concert",
        "play a song by this artist",
        "results of the game last night",
    ],
    "weather and places": [
        "what is the weather forecast in the city",
        "distance and route between two places",
    ],
    "science": ["explain a concept of physics, chemistry or biology", "the velocity of a falling object"],
    "law and policy": ["the details of this court case", "terms of the contract and legal rights"],
    "history and geography": [
        "when did this historical event happen",
        "the capital and population of a country",
    ],
    "shopping": ["order status, refund and delivery of a product", "find shoes in my size under a price"],
}
