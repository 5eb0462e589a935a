"""The components: the page's header, its hint, the thread with its messages, the composer."""
