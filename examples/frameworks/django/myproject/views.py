"""The views."""

from django.http import JsonResponse, StreamingHttpResponse
from myproject.db import Note, database

def notes(request):
    if request.method == 'POST':
        note = Note.create(text=request.GET['text'])
        return JsonResponse({'id': note.id, 'text': note.text})
    return JsonResponse({'notes': list(Note.select().order_by(Note.id).dicts())})

def stream(request):
    def lines():
        for note in Note.select().order_by(Note.id).iterator():
            yield f'{note.text}\n'
    return StreamingHttpResponse(lines())

async def count(request):
    return JsonResponse({'notes': await database.count(Note.select())})
