"""A support form with the widget beside it, to try things out; without it `/` leads to the help centre."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from search_api.services import Services


def demo(services: Services) -> Blueprint:
    routes = Blueprint("demo", __name__)

    if not services.settings.demo:

        @routes.get("/")
        def help_centre() -> ResponseReturnValue:
            return redirect("/help/", 302)

        return routes

    @routes.get("/")
    def form() -> ResponseReturnValue:
        return render_template("demo.html")

    @routes.post("/demo/sent")
    def send() -> ResponseReturnValue:
        """What was written goes nowhere; another address, so that reloading sends nothing again."""
        return redirect("/demo/sent", 303)

    @routes.get("/demo/sent")
    def sent() -> ResponseReturnValue:
        return render_template("sent.html")

    return routes
