"""The conversation, its turns and their troubles, and the settings. No browser, no clock."""
