"""Trygghetskartan's domain: places that feel unsafe, what is done about them, and where they are.

Nothing here knows Flask, HTTP, the environment or the clock; entry points hand those in.
"""
