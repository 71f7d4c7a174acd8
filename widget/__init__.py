"""The widget: plain ES modules that a browser loads as they are.

A Python package only so that its files travel in the wheel; nothing here is imported by Python.
"""
