"""The bridge: the only room that touches `js`, `pyodide` or `pyscript`."""
