"""The suite of app/wire inside Pyodide: what the page's own interpreter makes of the same tests."""
