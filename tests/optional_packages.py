"""The packages that an application brings, and that only some modules of Redstart need."""

OPTIONAL = (
    "aiohttp",
    "bottle",
    "cherrypy",
    "django",
    "falcon",
    "fastapi",
    "flask",
    "litestar",
    "pydantic",
    "pyramid",
    "quart",
    "sanic",
    "starlette",
)
