from django.urls import path

from admitone.manage.contacts import views

urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("contacts.csv", views.export, name="contacts_csv"),
    path("new/", views.new_contact, name="new_contact"),
    path("<str:contact_id>/", views.contact, name="contact"),
    path("<str:contact_id>/edit/", views.edit_contact, name="edit_contact"),
]
