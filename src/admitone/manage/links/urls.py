from django.urls import path

from admitone.manage.links import acting, bulk, new, one, sending, views

one_link = "<uuid:link_id>/"

urlpatterns = [
    path("", views.links, name="links"),
    path("new/", new.new, name="new_link"),
    path("times/", new.open_times, name="link_times"),
    path("export.csv", views.csv_file, name="links_csv"),
    path("bulk/", bulk.bulk, name="links_bulk"),
    path("restoration/", bulk.restore, name="links_restoration"),
    path(one_link, one.link, name="link"),
    path(f"{one_link}edit/", one.edit, name="link_edit"),
    path(f"{one_link}send/", sending.send, name="link_send"),
    path(f"{one_link}removal/", acting.remove, name="link_removal"),
    path(f"{one_link}restoration/", acting.restore, name="link_restoration"),
    path(f"{one_link}extension/", acting.extend, name="link_extension"),
    path(f"{one_link}reissue/", acting.reissue, name="link_reissue"),
]
