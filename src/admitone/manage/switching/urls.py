from django.urls import path

from admitone.manage.switching import views

urlpatterns = [
    path("", views.entry, name="entry"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.new_account, name="new_account"),
]
