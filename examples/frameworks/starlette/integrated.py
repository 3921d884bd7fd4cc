"""Starlette with Redstart's integration. Run it: `python examples/frameworks/starlette/integrated.py`."""

import os
import tempfile

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.starlette import ConnectionMiddleware, lifespan

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

async def list_users(request):
    return JSONResponse(await db.list(User.select().order_by(User.id).dicts()))

async def create_user(request):
    user = await User.acreate(**request.query_params)
    return JSONResponse({'id': user.id, 'name': user.name})

app = Starlette(
    lifespan=lifespan(db, create_tables=[User]),
    routes=[
        Route('/users', list_users),
        Route('/users', create_user, methods=['POST']),
    ],
    middleware=[Middleware(ConnectionMiddleware, database=db, report=True)])

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
