"""A page that makes one of everything, and one that says what of it is accepted."""

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken
from shop import links
from shop.models import Note


def make(request: HttpRequest) -> HttpResponse:
    ada = User.objects.get(username="ada")
    login(request, ada)
    messages.success(request, "welcome")
    note = Note.objects.create(text="secret")
    asked = {"link": links.make("invoice"), "token": str(RefreshToken.for_user(ada)), "note": note.pk}
    response = JsonResponse(asked)
    response.set_signed_cookie("flavour", "vanilla")
    return response


def read(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "cookie": request.get_signed_cookie("flavour", default=None) == "vanilla",
            "messages": [str(message) for message in messages.get_messages(request)] == ["welcome"],
            "session": request.user.is_authenticated,
            "link": links.read(request.GET["link"]) == "invoice",
            "token": is_token(request.GET["token"]),
            "note": is_note(request.GET["note"]),
        }
    )


def is_token(text: str) -> bool:
    try:
        RefreshToken(text)
    except TokenError:
        return False
    return True


def is_note(pk: str) -> bool:
    try:
        return bool(Note.objects.get(pk=pk).text == "secret")
    except InvalidToken:
        return False


def alive(_: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("", alive), path("make/", make), path("read/", read)]
