"""Where records come from: registered sources, their timetable and their health."""
