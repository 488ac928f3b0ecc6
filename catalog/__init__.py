"""What people come to watch: releases, their translations and subtitles, and the moderation of what users propose."""
