"""The settings file: its models, its checks, the example and the questions that make a first one."""
