// Nothing happens on this page: what it costs is the browser's and the probe's, and is taken off.
