"""The table of contents of accounts."""

from django.conf import settings
from django.urls import path

from accounts import address_views, mailbox, views

urlpatterns = [
    # signing in
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/", views.sign_in, name="account_request_login_code"),
    path("sign-in/code/", views.confirm_code, name="account_confirm_login_code"),
    path("sign-out/", views.sign_out, name="account_logout"),
    # oneself
    path("language/", views.set_language, name="set_language"),
    path("profile/", views.profile, name="profile"),
    path("profile/sign-out/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("profile/address/", address_views.ask, name="address"),
    path("profile/address/drop/", address_views.drop, name="address_drop"),
    path("profile/address/<str:token>/", address_views.confirm, name="address_confirm"),
    path("messages/", mailbox.index, name="messages"),
    path("messages/read/", mailbox.read_all, name="messages_read"),
    path("messages/settings/", mailbox.choose, name="message_choices"),
    path("messages/<uuid:pk>/open/", mailbox.open_one, name="message_open"),
    # invitations
    path("invitations/", views.invite, name="invite"),
    path("invitations/<uuid:pk>/revoke/", views.revoke_invitation, name="invitation_revoke"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    # about
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]

if settings.DEMO:
    from accounts import demo

    urlpatterns += [
        path("demo/", demo.people, name="demo"),
        path("demo/sign-in/<slug:key>/", demo.sign_in_as, name="demo_sign_in"),
        path("demo/mail/", demo.inbox, name="demo_inbox"),
        path("demo/mail/<str:key>/", demo.mail, name="demo_mail"),
    ]
