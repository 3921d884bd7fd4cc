"""Falcon's ASGI application with Redstart's middleware. Run it: `python examples/frameworks/falcon/asgi.py`."""

import os
import tempfile

import falcon.asgi
import uvicorn
from redstart import *
from redstart.db_url import connect
from redstart.integrations.falcon import ConnectionMiddleware

db = connect(os.environ.get('DATABASE_URL') or f'sqlite+pool:///{tempfile.mkdtemp()}/my_app.db')


class Note(db.Model):
    text = TextField()

class Notes:
    async def on_get(self, req, resp):
        resp.media = {'notes': await db.list(Note.select().order_by(Note.id).dicts())}

    async def on_post(self, req, resp):
        note = await Note.acreate(text=req.get_param('text', required=True))
        resp.media = {'id': note.id, 'text': note.text}

class Stream:
    async def on_get(self, req, resp):
        async def lines():
            async for note in db.iterate(Note.select().order_by(Note.id)):
                yield f'{note.text}\n'.encode()
        resp.stream = lines()

class Echo:
    async def on_websocket(self, req, ws):
        await ws.accept()
        note = await Note.acreate(text=await ws.receive_text())
        await ws.send_text(f'{note.id}')

app = falcon.asgi.App(middleware=[ConnectionMiddleware(db, create_tables=[Note])])
app.add_route('/notes', Notes())
app.add_route('/stream', Stream())
app.add_route('/socket', Echo())

if __name__ == '__main__':
    uvicorn.run(app, port=int(os.environ.get('PORT', '8000')))
