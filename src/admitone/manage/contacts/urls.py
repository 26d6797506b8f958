from django.urls import path

from admitone.manage.contacts import acting, bulk, erasing, imports, marking, merging, views

one = "<str:contact_id>/"
file = "import/<uuid:import_id>/"

urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("contacts.csv", views.export, name="contacts_csv"),
    path("new/", views.new_contact, name="new_contact"),
    path("bulk/", bulk.bulk, name="contacts_bulk"),
    path("duplicates/", merging.duplicates, name="duplicate_contacts"),
    path("import/", imports.upload, name="import_contacts"),
    path(file, imports.one, name="contact_import"),
    path(f"{file}progress/", imports.progress, name="contact_import_progress"),
    path(f"{file}errors.csv", imports.errors, name="contact_import_errors"),
    path(f"{file}removal/", imports.discard, name="discard_contact_import"),
    path(one, views.contact, name="contact"),
    path(f"{one}tags/", marking.add_tag, name="add_contact_tag"),
    path(f"{one}tags/<str:tag_id>/removal/", marking.remove_tag, name="remove_contact_tag"),
    path(f"{one}custom/", marking.custom, name="contact_custom"),
    path(f"{one}edit/", views.edit_contact, name="edit_contact"),
    path(f"{one}owner/", acting.assign, name="contact_owner"),
    path(f"{one}notes/", acting.add_note, name="add_contact_note"),
    path(f"{one}tasks/", acting.add_task, name="add_contact_task"),
    path(f"{one}tasks/<str:task_id>/done/", acting.finish_task, name="finish_contact_task"),
    path(f"{one}merge/", merging.merge, name="merge_contact"),
    path(f"{one}erasure/", erasing.erase, name="erase_contact"),
    path(f"{one}data.json", erasing.data, name="contact_data"),
]
