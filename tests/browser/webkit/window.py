#!/usr/bin/python3
"""A window of WebKitGTK that keeps its data: what MiniBrowser does not do under automation.

    window.py FOLDER

The engine is the one of MiniBrowser, out of the same library. MiniBrowser forgets everything when
it ends, does not write the console, and cannot be narrower than its bar of buttons; this window has
none. The system's own Python runs it, since only that has WebKitGTK's bindings.
"""

from __future__ import annotations

import sys

import gi  # type: ignore[import-not-found, unused-ignore]

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # type: ignore[import-not-found, unused-ignore]  # noqa: E402

NAME = "MiniBrowser"  # what Selenium asks for


def main(folder: str) -> None:
    """Open windows as WebDriver wants them, until it ends the session."""
    data = WebKit2.WebsiteDataManager(
        base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache"
    )
    context = WebKit2.WebContext(website_data_manager=data)
    context.set_automation_allowed(True)
    context.connect("automation-started", started)
    Gtk.main()


def started(context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
    """Introduce this browser to WebDriver."""
    information = WebKit2.ApplicationInfo()
    information.set_name(NAME)
    information.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), 0)
    session.set_application_info(information)
    session.connect("create-web-view", lambda _session: opened(context))


def opened(context: WebKit2.WebContext) -> WebKit2.WebView:
    """Open a window."""
    settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)
    view = WebKit2.WebView(web_context=context, settings=settings, is_controlled_by_automation=True)
    window = Gtk.Window()
    window.set_default_size(1280, 800)
    window.add(view)
    view.connect("close", lambda _view: window.destroy())
    window.show_all()
    return view


if __name__ == "__main__":
    main(sys.argv[1])
