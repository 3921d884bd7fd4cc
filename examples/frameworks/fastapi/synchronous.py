"""FastAPI with plain endpoints, which it runs in threads. Run it: `python examples/frameworks/fastapi/synchronous.py`."""

import os
import tempfile

import uvicorn
from fastapi import Depends, FastAPI
from redstart import *
from redstart.db_url import connect, register_database
from redstart.integrations.fastapi import ConnectionMiddleware, lifespan
from redstart.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

register_database(PooledPostgresqlDatabase, 'postgres', 'postgresql')
register_database(PooledSqliteDatabase, 'sqlite')
db = connect(os.environ.get('DATABASE_URL') or f'sqlite:///{tempfile.mkdtemp()}/app.db')

class User(db.Model):
    name = CharField()
    email = CharField(unique=True)

# The document's general pattern. FastAPI runs what stands before `yield`, the endpoint, and what stands after it in
# different threads: behind the middleware all of them have the request's connection.
def get_db():
    db.connect()
    try:
        yield db
    finally:
        if not db.is_closed():
            db.close()

app = FastAPI(lifespan=lifespan(db, create_tables=[User]))
app.add_middleware(ConnectionMiddleware, database=db, report=True)

@app.get('/users')
def list_users(db=Depends(get_db)):
    return list(User.select().order_by(User.id).dicts())

@app.post('/users')
def create_user(name: str, email: str, db=Depends(get_db)):
    user = User.create(name=name, email=email)
    return {'id': user.id, 'name': user.name}

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
