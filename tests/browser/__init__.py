"""What people do in the browser, in Debian's Chromium against the real application."""
