"""FastAPI with Redstart's integration, async and in threads. Run it: `python examples/frameworks/fastapi/integrated.py`."""

import os
import tempfile

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from redstart import *
from redstart.db_url import connect, register_database
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from redstart.integrations.fastapi import ConnectionMiddleware, connection, lifespan
from redstart.pydantic_utils import to_pydantic

register_database(AsyncPostgresqlDatabase, 'postgres', 'postgresql')
register_database(AsyncSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField(verbose_name='Full Name', help_text='Display name')
    email = CharField(unique=True)
    status = IntegerField(default=1, choices=(
        (1, 'Active'),
        (2, 'Inactive'),
        (3, 'Deleted')))

UserCreate = to_pydantic(User, model_name='UserCreate')
UserResponse = to_pydantic(User, exclude_autofield=False, model_name='UserResponse')

app = FastAPI(lifespan=lifespan(db, create_tables=[User]))
app.add_middleware(ConnectionMiddleware, database=db, report=True)

# Async queries.
@app.get('/users', response_model=list[UserResponse])
async def list_users():
    return await db.list(User.select().order_by(User.id))

@app.post('/users', response_model=UserResponse)
async def create_user(data: UserCreate):
    return await User.acreate(**data.model_dump())

# In a thread, on the request's connection; the dependency is for those who like to see what an endpoint uses.
@app.get('/users/{user_id}', response_model=UserResponse)
def get_user(user_id: int, db=Depends(connection(db))):
    user = User.get_or_none(User.id == user_id)
    if user is None:
        raise HTTPException(status_code=404, detail='User not found')
    return user

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
