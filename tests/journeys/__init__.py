"""Whole journeys, as people make them: a browser, the real servers, and the mail that was sent."""
