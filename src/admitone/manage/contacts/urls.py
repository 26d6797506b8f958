from django.urls import path

from admitone.manage.contacts import marking, views

urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("contacts.csv", views.export, name="contacts_csv"),
    path("new/", views.new_contact, name="new_contact"),
    path("<str:contact_id>/", views.contact, name="contact"),
    path("<str:contact_id>/tags/", marking.add_tag, name="add_contact_tag"),
    path("<str:contact_id>/tags/<str:tag_id>/removal/", marking.remove_tag, name="remove_contact_tag"),
    path("<str:contact_id>/custom/", marking.custom, name="contact_custom"),
    path("<str:contact_id>/edit/", views.edit_contact, name="edit_contact"),
]
