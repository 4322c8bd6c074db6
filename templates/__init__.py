"""The words and looks of everything we send: one folder per language, shared macros beside them."""
