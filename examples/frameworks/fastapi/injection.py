"""FastAPI with a dependency that opens and closes the connection. Run it: `python examples/frameworks/fastapi/injection.py`."""

import os
import tempfile
from contextlib import asynccontextmanager

import uvicorn
from fastapi import Depends, FastAPI
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import *

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
# The document has: db = AsyncPostgresqlDatabase('peewee_test')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

async def get_db():
    async with db:
        yield db

@asynccontextmanager
async def lifespan(app):
    async with db:
        await db.acreate_tables([User])
    yield
    await db.close_pool()

app = FastAPI(lifespan=lifespan)

@app.get('/users')
async def list_users(db=Depends(get_db)):
    return await db.list(User.select().dicts())

@app.post('/users')
async def create_user(name: str, email: str, db=Depends(get_db)):
    user = await User.acreate(name=name, email=email)
    return {'id': user.id, 'name': user.name}

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
