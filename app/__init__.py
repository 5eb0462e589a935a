"""Thalweg: a streaming chat for language models that runs in the browser."""
