"""The addresses of the door. Of allauth's pages only those that are needed are open."""

from allauth.account import views
from django.urls import path, re_path

from partidor.inbound.web.accounts.demo import SignIn, sign_in_as
from partidor.inbound.web.accounts.front import front, me, speak
from partidor.inbound.web.accounts.invitation import invitation

urlpatterns = [
    path("", front, name="front"),
    path("me/", me, name="me"),
    path("language/", speak, name="language"),
    path("accounts/login/", SignIn.as_view(), name="account_login"),
    path("accounts/logout/", views.logout, name="account_logout"),
    path("accounts/inactive/", views.account_inactive, name="account_inactive"),
    path("accounts/code/", views.request_login_code, name="account_request_login_code"),
    path("accounts/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("accounts/password/change/", views.password_change, name="account_change_password"),
    path("accounts/password/reset/", views.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/invitation/<str:key>/", invitation, name="invitation"),
    path("accounts/demo/<str:key>/", sign_in_as, name="demo"),
]
