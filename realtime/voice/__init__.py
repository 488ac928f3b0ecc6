"""Voice in a party: who is in it, who may speak, who is heard; the sound itself goes through ``kernel.rtc``."""
